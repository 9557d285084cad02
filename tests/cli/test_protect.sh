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
mkdir other && echo x >other/file
"$peil" protect fr.csv --spec protect.yaml --out other 2>/dev/null; check_code "a folder of other files is left alone" 64 $?
"$peil" audit nowhere 2>/dev/null >&2; check_code "no such release" 66 $?
finish
