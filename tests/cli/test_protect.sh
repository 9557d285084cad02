#!/bin/sh
# protect and audit as a user runs them.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
cd "$tmp" || exit 1

cat >protect.yaml <<'YAML'
dimensions:
  - name: form
    groups:
      - {code: SEXUAL, parts: [DOMESTIC, CROSS]}
  - name: region
    groups:
      - {code: NORTH, parts: [R1, R2]}
      - {code: SOUTH, parts: [R3, R4]}
YAML
# every combination of 4 forms x 4 regions x 3 years; the awk sums the groups
awk 'BEGIN {
    split("DOMESTIC CROSS LABOUR CRIMINAL", f); split("R1 R2 R3 R4", r); split("2018 2019 2020", y)
    for (i in f) for (j in r) for (k in y) print f[i], r[j], y[k], (i * 7 + j * j * 5 + k * 3 + i * j * k) % 13
}' | sort >leaves
tables() { # which columns, name
    awk -v cols="$1" 'BEGIN { split("form region year", all); print substr(cols, 1, 20) ",count" }
    function up(d, c) {
        if (d == 1) return (c == "DOMESTIC" || c == "CROSS") ? c " SEXUAL TOTAL" : c " TOTAL"
        if (d == 2) return c ((c == "R1" || c == "R2") ? " NORTH" : " SOUTH") " TOTAL"
        return c " TOTAL"
    }
    {
        n = split(cols, want, ",")
        na = 1; a[1] = ""
        for (w = 1; w <= n; w++) {
            d = want[w] == "form" ? 1 : want[w] == "region" ? 2 : 3
            m = split(up(d, $d), u, " "); nb = 0
            for (x = 1; x <= na; x++) for (z = 1; z <= m; z++) b[++nb] = (w == 1 ? "" : a[x] ",") u[z]
            na = nb; for (x = 1; x <= nb; x++) a[x] = b[x]
        }
        for (x = 1; x <= na; x++) sum[a[x]] += $4
    }
    END { for (k in sum) print k "," sum[k] | "sort" }' leaves
}
tables form,region >fr.csv
tables form,year >fy.csv
tables region,year >ry.csv
tables form,region,year >fry.csv

"$peil" protect fr.csv fy.csv ry.csv --spec protect.yaml --mode round --out round 2>err; check_code "rounding succeeds" 0 $?
check "there is a certificate" test -f round/certificate.json
check "every count is a multiple of five" awk -F, 'NR > 1 && $3 % 5 { exit 1 }' round/fr.csv
check "parts add up to the total" awk -F, 'NR > 1 { v[$1 "," $2] = $3 } END { exit v["TOTAL,NORTH"] + v["TOTAL,SOUTH"] != v["TOTAL,TOTAL"] }' round/fr.csv
"$peil" audit round --truth fr.csv fy.csv ry.csv >audit 2>/dev/null; check_code "the audit passes" 0 $?
check "and says so" grep -q 'exposed 0' audit
"$peil" audit round --json >json 2>/dev/null; check_code "the audit needs no truth" 0 $?
check "JSON names the sums that do not add up" grep -q '"non_additive_sums": 0' json

{ head -1 fr.csv; tail -n +2 fr.csv | sort -r; } >reversed && mkdir again && cp fy.csv ry.csv again && cp reversed again/fr.csv
"$peil" protect again/fr.csv again/fy.csv again/ry.csv --spec protect.yaml --mode round --out round2 --threads 3 2>/dev/null
check "the order of rows and threads do not matter" diff -r round round2
"$peil" protect fr.csv fy.csv ry.csv --spec protect.yaml --mode round --out round3 --earlier round 2>/dev/null
check_code "an earlier release is taken along" 0 $?
check "and its counts are kept" diff round/fr.csv round3/fr.csv

"$peil" protect fry.csv fy.csv --spec protect.yaml --mode suppress --out hide --explain why.csv 2>err; check_code "suppression succeeds" 0 $?
check "no small count is shown" awk -F, 'NR > 1 && $4 != "" && $4 > 0 && $4 < 5 { exit 1 }' hide/fry.csv
"$peil" audit hide --truth fry.csv fy.csv >/dev/null 2>&1; check_code "its audit passes" 0 $?
check "reasons are kept inside" grep -q 'fewer persons than the minimum' why.csv
mkdir mixed && for f in fry fy; do { head -1 $f.csv; tail -n +2 $f.csv | sort -r; } >mixed/$f.csv; done
"$peil" protect mixed/fry.csv mixed/fy.csv --spec protect.yaml --mode suppress --out hide2 --threads 3 2>/dev/null
check "suppressed: the order of rows and threads do not matter" diff -r hide hide2
mkdir renamed && sed 's/LABOUR/AAA/; s/R1/Z9/; s/2018/Y/' fy.csv >renamed/fy.csv # other codes, and the columns the other way round
awk -F, '{ print $3 "," $2 "," $1 "," $4 }' fry.csv | sed 's/LABOUR/AAA/; s/R1/Z9/; s/2018/Y/' >renamed/fry.csv
sed 's/R1/Z9/' protect.yaml >renamed/protect.yaml
"$peil" protect renamed/fry.csv renamed/fy.csv --spec renamed/protect.yaml --mode suppress --out hide3 2>/dev/null
awk -F, 'NR > 1 { print $3 "," $2 "," $1 "," $4 }' hide3/fry.csv | sed 's/AAA/LABOUR/; s/Z9/R1/; s/^\(.*\),Y,/\1,2018,/' | sort >same3
tail -n +2 hide/fry.csv | sort >same; check "nor do names of codes and the order of columns" cmp same same3

mkdir naive && cp protect.yaml naive/
awk -F, 'NR == 1 { print; next } { print $1 "," $2 "," $3 "," int(($4 + 2) / 5) * 5 }' fry.csv >naive/fry.csv
"$peil" audit naive --truth fry.csv >audit 2>/dev/null;
check "each count rounded by itself does not add up, and the audit says so" sh -c 'grep "^# attacked" audit | grep -qv "add up 0$"'
sed 's/^TOTAL,TOTAL,.*/TOTAL,TOTAL,1/' fr.csv >wrong.csv
"$peil" protect wrong.csv --spec protect.yaml --mode round --out bad 2>err; check_code "sums that do not add up are refused" 65 $?
check "and named" grep -q 'wrong.csv' err
sed 's/^TOTAL,2019,.*/TOTAL,2019,1/; ' ry.csv >ry2.csv
"$peil" protect fy.csv ry2.csv --spec protect.yaml --mode round --out bad 2>err; check_code "contradicting tables are refused" 65 $?
printf 'form,count\nLABOUR,-3\n' >negative.csv
"$peil" protect negative.csv --spec protect.yaml --out bad 2>err; check_code "a negative count is refused" 65 $?
check "with file and row" grep -q 'negative.csv, row 2' err
check "and nothing was written" test ! -e bad
# the certificate for readers, and a hash that only the owner of the key can make
check "there is a page in both languages" sh -c 'grep -q "lang=\"nl\"" round/certificate.html && grep -q "Certificate of protection" round/certificate.html'
check "without a key no hash of the exact counts" grep -q '"data_keyed_blake2b": null' round/certificate.json
head -c 40 /dev/zero | tr '\0' k >key
"$peil" protect fr.csv fy.csv ry.csv --spec protect.yaml --key key --out keyed 2>/dev/null; check_code "a key is taken" 0 $?
"$peil" protect again/fr.csv again/fy.csv again/ry.csv --spec protect.yaml --key key --out keyed2 2>/dev/null
check "its hash does not depend on the order of rows" cmp keyed/certificate.json keyed2/certificate.json
check "and is there" grep -q '"data_keyed_blake2b": "[0-9a-f]\{64\}"' keyed/certificate.json
echo short >short; "$peil" protect fr.csv --spec protect.yaml --key short --out bad 2>/dev/null; check_code "a short key is refused" 65 $?

# conventional rounding changes as little as it can; the attack passes or nothing is written
"$peil" protect fry.csv fy.csv --spec protect.yaml --mode conventional --out plain 2>/dev/null; code=$?
check "conventional rounding passes its attack or writes nothing" sh -c "[ $code -eq 0 ] && '$peil' audit plain --truth fry.csv fy.csv || [ ! -e plain ]"

# vintages: one count was revised
awk -F, -v OFS=, 'NR > 1 && ($1 == "TOTAL" || $1 == "LABOUR") && ($2 == "TOTAL" || $2 == "2019") { $3 += 30 } 1' fy.csv >fy2.csv
cp fy.csv later.csv && "$peil" protect later.csv --spec protect.yaml --out first 2>/dev/null
cp fy2.csv later.csv && "$peil" protect later.csv --spec protect.yaml --earlier first --out second 2>err; check_code "a revised table passes" 0 $?
check "that no reason was given is said" grep -q 'no longer true' err
check "how many were revised stands in the certificate" grep -q '"revised": 4' second/certificate.json
{ cat protect.yaml; echo 'revisions: ["a late notification"]'; } >late.yaml
"$peil" protect later.csv --spec late.yaml --earlier first --out third 2>err; check_code "with a reason" 0 $?
check "that stands on the page" grep -q 'a late notification' third/certificate.html
check "the attack with both passes too" sh -c "'$peil' audit third --earlier first --truth later.csv"

# small areas: merged by the declared ladder, then rounded
awk 'BEGIN {
    print "area,year,count"
    for (p = 1; p <= 4; p++) for (m = 1; m <= 12; m++) for (y = 1; y <= 3; y++) {
        n = (p * 7 + m * m * 5 + y * 3) % 9; n = m == 1 ? n * 8 : n % 3; print "A" p "-" m "," y "," n
        g[p, y] += n; t[p, m] += n; gy[y] += n; all += n; gp[p] += n
    }
    for (p = 1; p <= 4; p++) { for (m = 1; m <= 12; m++) print "A" p "-" m ",TOTAL," t[p, m]; for (y = 1; y <= 3; y++) print "P" p "," y "," g[p, y]; print "P" p ",TOTAL," gp[p] }
    for (y = 1; y <= 3; y++) print "TOTAL," y "," gy[y]; print "TOTAL,TOTAL," all
}' >areas.csv
{ echo 'dimensions:'; echo '  - name: area'; echo '    merge: 15'; echo '    groups:'
  for p in 1 2 3 4; do printf '      - {code: P%s, parts: [' $p; for m in 1 2 3 4 5 6 7 8 9 10 11; do printf 'A%s-%s, ' $p $m; done; echo "A$p-12]}"; done; } >areas.yaml
"$peil" protect areas.csv --spec areas.yaml --out areas 2>err; check_code "small areas are merged" 0 $?
check "and named" grep -q 'stands for' err
check "no merged area has less than asked, by its rounded total" awk -F, '$2 == "TOTAL" && $1 ~ /[+]/ && $3 < 10 { exit 1 }' areas/areas.csv
check "the sums still hold" awk -F, 'NR > 1 && $1 ~ /^P/ { p += $3 } NR > 1 && $1 == "TOTAL" { t += $3 } END { exit p != t }' areas/areas.csv
"$peil" audit areas --truth areas.csv >/dev/null 2>&1; check_code "the audit takes the exact areas" 0 $?
mkdir shuffled && { echo area,year,count; grep -v '^P' areas.csv | grep -v '^area' | sort -r; } >shuffled/areas.csv
"$peil" protect shuffled/areas.csv --spec areas.yaml --out areas2 2>/dev/null; check_code "groups that are not listed are the sum of their parts" 0 $?

# nine cells of ten below five, in both modes
awk 'BEGIN { print "a,b,c,count"; for (i = 1; i <= 14; i++) for (j = 1; j <= 12; j++) for (k = 1; k <= 4; k++) {
    n = (i * 31 + j * 17 + k * 7 + i * j * k) % 29; n = n < 26 ? n % 5 == 4 ? 0 : n % 4 : n; x[i, j, k] += n
    print "a" i ",b" j ",c" k "," n; s[i, j] += n; u[i, k] += n; v[j, k] += n; si[i] += n; sj[j] += n; sk[k] += n; t += n }
    for (i = 1; i <= 14; i++) { for (j = 1; j <= 12; j++) print "a" i ",b" j ",TOTAL," s[i, j]; for (k = 1; k <= 4; k++) print "a" i ",TOTAL,c" k "," u[i, k]; print "a" i ",TOTAL,TOTAL," si[i] }
    for (j = 1; j <= 12; j++) { for (k = 1; k <= 4; k++) print "TOTAL,b" j ",c" k "," v[j, k]; print "TOTAL,b" j ",TOTAL," sj[j] }
    for (k = 1; k <= 4; k++) print "TOTAL,TOTAL,c" k "," sk[k]; print "TOTAL,TOTAL,TOTAL," t }' >small.csv
echo 'base: 5' >small.yaml
"$peil" protect small.csv --spec small.yaml --out small 2>err; check_code "a table of small counts is rounded" 0 $?
"$peil" audit small --truth small.csv >/dev/null 2>&1; check_code "and its audit passes" 0 $?

# amounts: one client with nine tenths of a cell's costs, and cells of few persons; other persons than in the other tables
awk 'BEGIN { print "region,form,count,cost,cost_1,cost_2,cost_median"
    for (r = 1; r <= 4; r++) for (f = 1; f <= 4; f++) { n = r == 2 && f == 3 ? 12 : (r * 5 + f * f * 3) % 17 + (f == 1 ? 15 : 0)
        c = n * (2000 + 300 * f); one = n ? 2900 : 0; if (r == 2 && f == 3) { one = 500000; c += one }
        N[r, f] = n; N[r, "T"] += n; N["T", f] += n; N["T", "T"] += n
        S[r, f] = c; S[r, "T"] += c; S["T", f] += c; S["T", "T"] += c
        O[r, f] = one; if (one > O[r, "T"]) O[r, "T"] = one; if (one > O["T", f]) O["T", f] = one; if (one > O["T", "T"]) O["T", "T"] = one }
    for (r = 1; r <= 5; r++) for (f = 1; f <= 5; f++) { R = r == 5 ? "T" : r; F = f == 5 ? "T" : f
        print (r == 5 ? "TOTAL" : "R" r) "," (f == 5 ? "TOTAL" : "F" f) "," N[R, F] "," S[R, F] "," O[R, F] "," (N[R, F] > 1 ? 2800 : 0) ",2345" } }' >help.csv
cat >help.yaml <<'YAML'
amounts:
  - {name: cost, minimum: 10, dominance_n: 1, dominance_k: 75}
tables:
  - {file: help.csv, population: clients, minimum: 4}
YAML
"$peil" protect help.csv --spec help.yaml --out help 2>err; check_code "means of an amount are released" 0 $?
check "not where one client dominates" grep -q '^R2,F3,[0-9]*,,$' help/help.csv
check "nor where the sums would give it away" sh -c '[ $(grep -c "^R2,[^,]*,[0-9]*,,$" help/help.csv) -ge 2 ]'
check "nor for few persons" awk -F, 'NR == FNR { n[$1 "," $2] = $3; next } FNR > 1 && $4 != "" && n[$1 "," $2] < 10 { exit 1 }' help.csv help/help.csv
check "elsewhere they are" sh -c '[ $(grep -c "^[^,]*,[^,]*,[0-9]*,[1-9]" help/help.csv) -ge 5 ]'
check "sums and largest contributions stay inside" sh -c '! grep -q 500000 help/* && head -1 help/help.csv | grep -qx "region,form,count,cost_mean,cost_median"'
check "the certificate says how many digits were safe" grep -q '"significant_digits": [0-3]' help/certificate.json
"$peil" audit help --truth help.csv >/dev/null 2>&1; check_code "and the audit reads the release" 0 $?
sed 's/,cost_1,/,largest,/' help.csv >lacks.csv
"$peil" protect lacks.csv --spec help.yaml --out bad 2>err; check_code "a rule without its columns is refused" 65 $?
cat protect.yaml help.yaml >both.yaml
"$peil" protect fr.csv help.csv --spec both.yaml --out bad 2>/dev/null; check "and keep sums of their own" awk -F, 'NR > 1 { v[$1 "," $2] = $3 } END { exit v["TOTAL,TOTAL"] != v["R1,TOTAL"] + v["R2,TOTAL"] + v["R3,TOTAL"] + v["R4,TOTAL"] }' bad/help.csv
rm -rf bad; sed 's/parts: .R3, R4./parts: [R3, R4, R9]/' protect.yaml >nobody.yaml
"$peil" protect fr.csv --spec nobody.yaml --out nobody 2>/dev/null; check "a declared code that no table has is nobody: the sum holds without it" awk -F, 'NR > 1 { v[$1 "," $2] = $3 } END { exit v["TOTAL,SOUTH"] != v["TOTAL,R3"] + v["TOTAL,R4"] }' nobody/fr.csv
grep -v 'NORTH\|SOUTH' fry.csv >leaves.csv; "$peil" protect leaves.csv fy.csv --spec protect.yaml --out ungrouped 2>/dev/null
check "groups that a table lacks give way to their parts" awk -F, 'NR > 1 && $2 != "TOTAL" { s[$1 "," $3] += $4 } NR > 1 && $2 == "TOTAL" { t[$1 "," $3] = $4 } END { for (k in t) if (s[k] != t[k]) exit 1 }' ungrouped/leaves.csv
"$peil" audit nobody --truth fr.csv >/dev/null 2>&1; check_code "and the audit knows it" 0 $?
"$peil" protect fr.csv help.csv --spec both.yaml --out bad 2>/dev/null; check_code "tables of other persons need not agree" 0 $?; rm -rf bad

# nothing half written: no room, and killed at any moment
( ulimit -f 1; "$peil" protect small.csv --spec small.yaml --out full >/dev/null 2>&1 ); check "without room on the disk there is no release" test ! -e full
for wait in 0.05 0.2 0.5 1; do
    "$peil" protect small.csv --spec small.yaml --seed 7 --out killed >/dev/null 2>&1 & victim=$!
    sleep $wait; kill -9 $victim 2>/dev/null; wait $victim 2>/dev/null
done
check "killed, there is a whole release or none" sh -c "[ ! -e killed ] || '$peil' audit killed --truth small.csv"
"$peil" protect small.csv --spec small.yaml --seed 7 --out killed >/dev/null 2>&1; check_code "and it can be made after all" 0 $?

mkdir other && echo x >other/file
"$peil" protect fr.csv --spec protect.yaml --out other 2>/dev/null; check_code "a folder of other files is left alone" 64 $?
"$peil" audit nowhere 2>/dev/null >&2; check_code "no such release" 66 $?
finish
