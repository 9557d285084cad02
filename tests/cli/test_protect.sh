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

# percentages and statistics beside the counts
cp protect.yaml beside.yaml && cat >>beside.yaml <<'YAML'
shares:
  - {name: percent, file: fr.csv, over: [form], decimals: 0}
statistics:
  - {name: forms by region, file: fr.csv, rows: form, columns: region, kind: pearson, digits: 4, exact: yes}
  - {name: of released, file: fr.csv, rows: form, columns: region, row_codes: [SEXUAL, LABOUR], column_codes: [NORTH, SOUTH], kind: or, digits: 3}
YAML
"$peil" protect fr.csv fy.csv --spec beside.yaml --out beside 2>err; check_code "percentages and statistics go out with the tables" 0 $?
check "a percentage is one of the released counts" awk -F, 'NR > 1 { v[$1 "," $2] = $3; p[$1 "," $2] = $4 } END { for (k in p) if (p[k] != "") { split(k, c, ","); x = 100 * v[k] / v["TOTAL," c[2]]; if (x - p[k] > 0.501 || p[k] - x > 0.501) exit 1; n++ } exit n < 10 }' beside/fr.csv
check "statistics stand in a file of their own" grep -q '^of released,fr.csv,or,form,region,3,[0-9.]*$' beside/statistics.csv
check "the certificate says what they are of" grep -q '"computed_of": "exact counts, through the leak gate"' beside/certificate.json
"$peil" audit beside --truth fr.csv fy.csv >/dev/null 2>&1; check_code "and the audit reads them" 0 $?
"$peil" protect again/fr.csv again/fy.csv --spec beside.yaml --out beside2 --threads 1 2>/dev/null; check "the same bytes for shuffled rows and one thread" diff -r beside beside2
mkdir exact && sed 's/file: fr.csv, over/file: fry.csv, over/; /^statistics/,$d' beside.yaml >exact/protect.yaml && # each count rounded by itself, exact percentages beside
    awk -F, -v OFS=, 'NR == FNR { v[$1 "," $2 "," $3] = $4; next } FNR == 1 { print $0, "percent"; next } { all = v["TOTAL," $2 "," $3]; print $1, $2, $3, int(($4 + 2) / 5) * 5, all ? sprintf("%.1f", 100 * $4 / all) : "" }' fry.csv fry.csv >exact/fry.csv
"$peil" audit exact --truth fry.csv >audit 2>/dev/null; check_code "exact percentages beside rounded counts are found out" 1 $?
sed 's/, file: fr.csv, over/, file: other.csv, over/' beside.yaml >wrong.yaml; "$peil" protect fr.csv --spec wrong.yaml --out bad 2>err; check_code "a file that is not there is refused" 78 $?
check "and named" grep -q 'share percent: file other.csv is not among the tables' err
sed 's/kind: pearson/kind: person/' beside.yaml >wrong.yaml; "$peil" protect fr.csv --spec wrong.yaml --out bad 2>err; check "so is an unknown kind" grep -q 'no kind person: expected pearson' err
sed 's/decimals: 0/decimals: 9/' beside.yaml >wrong.yaml; "$peil" protect fr.csv --spec wrong.yaml --out bad 2>err; check "and a number out of range" grep -q 'wrong.yaml: share percent: decimals: expected 0 to 3' err
sed 's/decimals: 0/decimals: 0, exact: yes/' beside.yaml >wrong.yaml; "$peil" protect fr.csv --spec wrong.yaml --out bad 2>err; check_code "percentages of exact counts are not made" 78 $?
sed 's/parts: .R1, R2./parts: [R1, R2, NORTH]/' beside.yaml >wrong.yaml; "$peil" protect fr.csv --spec wrong.yaml --out bad 2>err; check "a group in itself is refused by name" grep -q 'dimension region, group NORTH' err

# how narrow, and what of nobody and everybody
{ cat protect.yaml; echo 'interval: 4'; echo 'hide_zero: yes'; echo 'hide_full: yes'; } >wide.yaml
"$peil" protect fry.csv fy.csv --spec wide.yaml --out wide 2>err; check_code "rounded counts are four wide" 0 $?
check "counts of nobody were attacked" grep -q '"counts_of_nobody": {' wide/certificate.json
"$peil" audit wide --truth fry.csv fy.csv >audit 2>/dev/null; check_code "and the audit agrees" 0 $?
sed 's/^interval: 4/interval: 40/' wide.yaml >wider.yaml; "$peil" protect fry.csv fy.csv --spec wider.yaml --out bad 2>err; check_code "more than there is is refused" 1 $?
check "and says why" grep -q 'less than the interval that protect.yaml asks for' err
sed -i 's/^interval: 4/interval: 40/' wide/protect.yaml; "$peil" audit wide --truth fry.csv fy.csv >/dev/null 2>err; check_code "the audit demands it too" 1 $?

# releases that overlap: years
years() { awk -F, -v OFS=, -v from="$1" -v to="$2" 'BEGIN { print "form,year,count" } $3 >= from && $3 <= to { n[$1 OFS $3] += $4; n[$1 OFS "TOTAL"] += $4; n["TOTAL" OFS $3] += $4; n["TOTAL" OFS "TOTAL"] += $4 } END { for (k in n) print k, n[k] | "sort" }' leaf5; }
awk 'BEGIN { split("DOMESTIC CROSS LABOUR CRIMINAL", f); for (i in f) for (y = 2016; y <= 2020; y++) print f[i] ",X," y "," (i * 7 + y * 3 + i * y) % 13 }' >leaf5
echo 'base: 5' >plain.yaml
mkdir then now && years 2016 2019 >then/y.csv && years 2017 2020 >now/y.csv
"$peil" protect then/y.csv --spec plain.yaml --out then.out 2>/dev/null; "$peil" protect now/y.csv --spec plain.yaml --earlier then.out --out now.out 2>err; check_code "2017 to 2020 after 2016 to 2019" 0 $?
check "the totals are of other years: nothing was revised" grep -q '"revised": 0' now.out/certificate.json
check "the counts of 2016 are known to the attacker" grep -q '"counts_of_the_earlier_release_alone": 10' now.out/certificate.json
check "the audit of both passes" sh -c "'$peil' audit now.out --earlier then.out --truth now/y.csv && '$peil' audit now.out --earlier then.out"

# exact counts of four years, then of five: the totals differ by the new year
mkdir more && years 2016 2020 >more/y.csv
"$peil" protect then/y.csv --spec plain.yaml --mode suppress --out then.exact 2>/dev/null; check_code "exact counts of four years" 0 $?
"$peil" protect more/y.csv --spec plain.yaml --mode suppress --out alone.exact 2>/dev/null
"$peil" audit alone.exact --earlier then.exact --truth more/y.csv >audit 2>/dev/null; check_code "five years alone tell of the fifth" 1 $?
"$peil" protect more/y.csv --spec plain.yaml --mode suppress --earlier then.exact --out more.exact 2>/dev/null; check_code "with the earlier ones more is hidden" 0 $?
check "the audit of both passes" sh -c "'$peil' audit more.exact --earlier then.exact --truth more/y.csv && '$peil' audit more.exact --earlier then.exact"
check "what was public stays so" awk -F, 'NR == FNR { if ($3 != "") was[$1 OFS $2] = $3; next } $2 != "TOTAL" && ($1 OFS $2) in was && $3 != was[$1 OFS $2] { exit 1 }' then.exact/y.csv more.exact/y.csv
"$peil" protect more/y.csv --spec plain.yaml --mode suppress --earlier then.exact --threads 1 --out more.one 2>/dev/null; check "the same bytes for one thread" diff -r more.exact more.one

# and areas: one hamlet moves from NORTH to SOUTH
cat >then.yaml <<'YAML'
dimensions: [{name: area, groups: [{code: NORTH, parts: [M1, M2, M3]}, {code: SOUTH, parts: [S1]}]}]
YAML
cat >now.yaml <<'YAML'
dimensions: [{name: area, groups: [{code: NORTH, parts: [M1, M2]}, {code: SOUTH, parts: [M3, S1]}]}]
YAML
printf 'form,area,count\nA,NORTH,52\nA,SOUTH,30\nA,TOTAL,82\nB,NORTH,41\nB,SOUTH,25\nB,TOTAL,66\nTOTAL,NORTH,93\nTOTAL,SOUTH,55\nTOTAL,TOTAL,148\n' >then/a.csv
printf 'form,area,count\nA,NORTH,50\nA,SOUTH,32\nA,TOTAL,82\nB,NORTH,32\nB,SOUTH,34\nB,TOTAL,66\nTOTAL,NORTH,82\nTOTAL,SOUTH,66\nTOTAL,TOTAL,148\n' >now/a.csv
"$peil" protect then/a.csv --spec then.yaml --mode suppress --out hamlet.then 2>/dev/null
"$peil" protect now/a.csv --spec now.yaml --mode suppress --out hamlet.now 2>/dev/null; check_code "exact counts alone are no leak" 0 $?
"$peil" audit hamlet.now --earlier hamlet.then >audit 2>/dev/null; check_code "beside the earlier ones they tell of the hamlet" 1 $?
check "which is named" grep -q 'form=A, area=NORTH (earlier) less NORTH",2,2' audit
"$peil" protect now/a.csv --spec now.yaml --mode suppress --earlier hamlet.then --out bad 2>/dev/null; code=$?
check "so they are not released like that" sh -c "[ $code -ne 0 ] && [ ! -e bad ] || '$peil' audit bad --earlier hamlet.then"
rm -rf bad; "$peil" protect now/a.csv --spec now.yaml --mode round --earlier hamlet.then --out rounded.now 2>/dev/null; check_code "rounded ones may go" 0 $?

# areas released singly before, put together now
printf 'area,count\nA1,60\nA2,2\nA3,1\nA4,3\nTOTAL,66\n' >single.csv
printf 'area,count\nA1,60\nA2,2\nA3,4\nA4,3\nTOTAL,69\n' >grown.csv
printf 'dimensions: [{name: area, merge: 6}]\n' >merge.yaml
"$peil" protect single.csv --spec plain.yaml --out singly 2>/dev/null; cp grown.csv single.csv
{ cat merge.yaml; echo 'revised: [{because: a late notification, where: ["area=A2+2"]}]'; } >merged.yaml
"$peil" protect single.csv --spec merged.yaml --earlier singly --out merged 2>err; check_code "areas merged now, single before" 0 $?
check "their earlier numbers are known to the attacker" grep -q '"counts_of_the_earlier_release_alone": 3' merged/certificate.json
sed 's/^TOTAL,66/TOTAL,166/; s/^A1,60/A1,160/' single.csv >/dev/null; awk -F, -v OFS=, '$1 == "A1" || $1 == "TOTAL" { $2 += 100 } 1' single.csv >late && mv late single.csv
{ echo 'revised: [{because: a late notification, where: ["area=A1"]}]'; } >late.yaml
"$peil" protect single.csv --spec late.yaml --earlier singly --out late 2>err; check_code "a revision with its reason" 0 $?
check "per count" sh -c 'tr -d "\n" <late/certificate.json | grep -q "\"cell\": \"area=A1\",[^}]*\"why\": \"The count was revised since.\",[^}]*\"reason\": \"a late notification\""'
check "and on the page" grep -q 'Which numbers differ from the earlier ones' late/certificate.html

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
