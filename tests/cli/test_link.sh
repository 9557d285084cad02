#!/bin/sh
# peil link: the interface, order of rows, threads, and clear errors.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
awk 'BEGIN {
    print "id,given,family,born"
    split("anna bert carla dirk eva frits gerda hans ina joop", g, " ")
    split("jansen bakker visser smit meyer mulder bos vos peters dekker", f, " ")
    for (i = 0; i < 300; i++) {
        line = sprintf("%s%d,%s%c,%d%02d%02d", g[i % 10 + 1], i % 7, f[int(i / 10) % 10 + 1], 97 + i % 23, 1950 + i % 50, i % 12 + 1, i % 28 + 1)
        printf "r%03d,%s\n", i, line
        if (i % 6 == 0) printf "s%03d,%s\n", i, line
    }
}' >"$tmp/people.csv"
awk -F, 'NR == 1 { print "id,entity"; next } { print $1 "," substr($1, 2) }' "$tmp/people.csv" >"$tmp/truth.csv"
printf 'id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n  - {column: born, kind: date_of_birth, format: "%%Y%%m%%d"}\n' >"$tmp/fields.yaml"

"$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/c.csv" --pairs "$tmp/p.csv" --review "$tmp/r.csv" \
    --report "$tmp/q.json" --chart "$tmp/q.svg" 2>"$tmp/err"
check_code "linkage succeeds" 0 $?
check "clusters have their columns" grep -qx 'record_id,cluster_id,probability' "$tmp/c.csv"
check "pairs have their columns" grep -qx 'id_a,id_b,probability' "$tmp/p.csv"
check "the chart is a drawing" grep -q '<title' "$tmp/q.svg"
check "the report estimates" grep -q '"precision"' "$tmp/q.json"
"$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/nl.csv" --language nl --chart "$tmp/nl.svg" --waterfall r000,r001 >"$tmp/nl.out" 2>"$tmp/nl.err"; check_code "in Dutch too" 0 $?
check "it says so in Dutch" grep -q 'geschatte precisie [01],[0-9]* ([01],' "$tmp/nl.err"
check "and the waterfall" grep -q '^vooraf  *twee willekeurige .*-[0-9]*,' "$tmp/nl.out"
check "and the chart, which counts pairs" grep -q 'paren één voor één' "$tmp/nl.svg"
check "the clusters are the same" cmp -s "$tmp/nl.csv" "$tmp/c.csv"
check "the chart says the estimates" grep -q 'estimated precision [01][.].*recall' "$tmp/q.svg"
check "and so does the program, in words" grep -q 'estimated recall .*of 100 pairs of one person [0-9]* to [0-9]* are linked' "$tmp/err"
"$peil" link --evaluate "$tmp/c.csv" --truth "$tmp/truth.csv" --id id --entity entity >"$tmp/e.json"
check_code "evaluation succeeds" 0 $?
check "all pairs and no others" grep -q '"f1": 1.0' "$tmp/e.json"

(head -1 "$tmp/people.csv"; tail -n +2 "$tmp/people.csv" | sort -t, -k2 -r) >"$tmp/mixed.csv"
"$peil" link "$tmp/mixed.csv" --fields "$tmp/fields.yaml" --out "$tmp/c2.csv" --pairs "$tmp/p2.csv" --threads 3 2>/dev/null
check "order of rows and threads do not matter (clusters)" cmp "$tmp/c.csv" "$tmp/c2.csv"
check "order of rows and threads do not matter (pairs)" cmp "$tmp/p.csv" "$tmp/p2.csv"

head -1 "$tmp/people.csv" >"$tmp/nobody.csv"
"$peil" link "$tmp/people.csv" "$tmp/nobody.csv" --fields "$tmp/fields.yaml" --out "$tmp/n1.csv" --pairs "$tmp/np.csv" 2>/dev/null
check_code "a second file without records" 0 $?
check "nobody has a partner in it" [ "$(cut -d, -f2 "$tmp/n1.csv" | sort -u | wc -l) $(wc -l <"$tmp/np.csv")" = "351 1" ]
"$peil" link "$tmp/people.csv" >/dev/null 2>&1; check_code "fields must be given" 64 $?
cp "$tmp/people.csv" "$tmp/own.csv"; ln -s own.csv "$tmp/own-link.csv"; cp "$tmp/fields.yaml" "$tmp/own.yaml"
"$peil" link "$tmp/own.csv" --fields "$tmp/own.yaml" --out "$tmp/own-link.csv" 2>"$tmp/err"; check_code "clusters do not overwrite the records" 64 $?
"$peil" link "$tmp/own.csv" --fields "$tmp/own.yaml" --out "$tmp/x.csv" --pairs "$tmp/own.csv" 2>"$tmp/err"; check_code "nor do pairs" 64 $?
"$peil" link "$tmp/own.csv" --fields "$tmp/own.yaml" --out "$tmp/own.yaml" 2>"$tmp/err"; check_code "nor clusters the fields" 64 $?
check "records as they were" cmp "$tmp/own.csv" "$tmp/people.csv"
check "fields as they were" cmp "$tmp/own.yaml" "$tmp/fields.yaml"
printf 'id: id\nfields:\n  - {column: given, kind: nickname}\n' >"$tmp/bad.yaml"
"$peil" link "$tmp/people.csv" --fields "$tmp/bad.yaml" --out "$tmp/x.csv" 2>"$tmp/err"; check_code "an unknown kind is a bad definition" 78 $?
check "and says which kinds there are" grep -q 'family_name' "$tmp/err"
printf 'id: id\nfields:\n  - {column: absent, kind: text}\n' >"$tmp/bad.yaml"
"$peil" link "$tmp/people.csv" --fields "$tmp/bad.yaml" --out "$tmp/x.csv" 2>/dev/null; check_code "an absent column is bad data" 65 $?
(cat "$tmp/people.csv"; tail -1 "$tmp/people.csv") >"$tmp/twice.csv"
"$peil" link "$tmp/twice.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" 2>/dev/null; check_code "an id twice is bad data" 65 $?

# deliveries: the same persons as all at once, numbers kept, every change undone to the byte
(head -1 "$tmp/people.csv"; sed -n 2,200p "$tmp/people.csv") >"$tmp/d1.csv"
(head -1 "$tmp/people.csv"; tail -n +201 "$tmp/people.csv") >"$tmp/d2.csv"
"$peil" link "$tmp/d1.csv" --fields "$tmp/fields.yaml" --out "$tmp/k1.csv" --log "$tmp/l1.csv" 2>/dev/null
"$peil" link "$tmp/d2.csv" --earlier "$tmp/d1.csv" --onto "$tmp/k1.csv" --fields "$tmp/fields.yaml" --out "$tmp/k2.csv" --log "$tmp/l2.csv" 2>/dev/null
check_code "linkage onto an earlier result" 0 $?
"$peil" link --evaluate "$tmp/k2.csv" --truth "$tmp/c.csv" --id record_id --entity cluster_id >"$tmp/e.json"
check "deliveries make the persons of the batch" grep -q '"f1": 1.0' "$tmp/e.json"
kept=$(awk -F, 'NR == FNR { n[$1] = $2; next } FNR > 1 && ($1 in n) && n[$1] != $2 { k++ } END { print k + 0 }' "$tmp/k1.csv" "$tmp/k2.csv")
check "persons keep their number" test "$kept" -eq 0
"$peil" link --undo "$tmp/l2.csv" --onto "$tmp/k2.csv" --out "$tmp/k1b.csv"
check "undone to the byte" cmp "$tmp/k1.csv" "$tmp/k1b.csv"
"$peil" link --undo "$tmp/l2.csv" --onto "$tmp/k1.csv" --out "$tmp/x.csv" 2>"$tmp/err"; check_code "a log undoes only what it led to" 65 $?

"$peil" link "$tmp/d2.csv" --earlier "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" 2>"$tmp/err"
check_code "a record of both deliveries" 65 $?
check "rows of both files are named" grep -q 'd2.csv: row 2: the id stands in row 201 of .*people.csv too' "$tmp/err"
sed '3s/,[0-9]*,/,9223372036854775807,/' "$tmp/k1.csv" >"$tmp/bad.csv"
"$peil" link "$tmp/d2.csv" --earlier "$tmp/d1.csv" --onto "$tmp/bad.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" 2>/dev/null
check_code "a number after which there is none" 65 $?

# decisions, waterfalls, draws
printf 'id_a,id_b,decision,who,when\nr001,r002,same,anna,2026-01-01\nr000,s000,different,anna,2026-01-01\n' >"$tmp/decisions.csv"
"$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/cd.csv" --decisions "$tmp/decisions.csv" --waterfall r006,s006 \
    --waterfall-svg "$tmp/w.svg" --draws 3 --draws-out "$tmp/draws.csv" >"$tmp/w.txt" 2>/dev/null
check_code "linkage with decisions" 0 $?
check "same are together" test "$(grep -E '^r00[12],' "$tmp/cd.csv" | cut -d, -f2 | sort -u | wc -l)" -eq 1
check "different are apart" test "$(grep -E '^[rs]000,' "$tmp/cd.csv" | cut -d, -f2 | sort -u | wc -l)" -eq 2
check "a waterfall in words" grep -q probability "$tmp/w.txt"
check "a waterfall as a drawing" grep -q '<title' "$tmp/w.svg"
check "draws name every record" test "$(wc -l <"$tmp/draws.csv")" -eq "$((3 * ($(wc -l <"$tmp/people.csv") - 1) + 1))"
printf 'id_a,id_b,decision\nr001,r002,perhaps\n' >"$tmp/decisions.csv"
"$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" --decisions "$tmp/decisions.csv" 2>"$tmp/err"
check_code "a decision is same or different" 65 $?
printf 'id_a,id_b,decision\nr001,r002,same\nr002,r003,same\nr001,r003,different\n' >"$tmp/decisions.csv"
"$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" --decisions "$tmp/decisions.csv" 2>"$tmp/err"
check_code "decisions that contradict each other" 65 $?
check "file and row are named" grep -q 'decisions.csv: row [234] says' "$tmp/err"
printf 'id_a,id_b,decision,who,when\nr001,r002,same,a,2026-01-01\nr002,r001,different,b,2026-02-01\n' >"$tmp/decisions.csv"
"$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/cd.csv" --decisions "$tmp/decisions.csv" 2>"$tmp/err"
check_code "a decision taken anew" 0 $?
check "the newer one holds" test "$(grep -E '^r00[12],' "$tmp/cd.csv" | cut -d, -f2 | sort -u | wc -l)" -eq 2

for case in missing name equal; do
    awk -v case=$case 'BEGIN { print "id,given,family,born"; for (i = 0; i < 1000; i++)
        print "r" i "," (case == "missing" ? ",," : case == "name" ? "anna,," : "anna,jansen,19800101") }' >"$tmp/odd.csv"
    "$peil" link "$tmp/odd.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" 2>"$tmp/err"
    check_code "1,000 records, $case" 0 $?
    check "raise the alarm ($case)" grep -q alarm "$tmp/err"
done
for threshold in 0 1; do
    "$peil" link "$tmp/people.csv" --fields "$tmp/fields.yaml" --out "$tmp/x.csv" --threshold $threshold 2>"$tmp/err"
    check_code "a threshold of $threshold" 0 $?
done
sed 's/%Y%m%d/%d-%m-%Y/' "$tmp/fields.yaml" >"$tmp/wrong.yaml"
printf 'id,given,family,born\r\na,anna,jansen,1980/02/03\r\nb,bert,visser,03-02-1980\r\n' >"$tmp/odd.csv"
"$peil" link "$tmp/odd.csv" --fields "$tmp/wrong.yaml" --out "$tmp/x.csv" 2>"$tmp/err"
check_code "a date not as the format says" 0 $?
check "is counted" grep -q "column born: 1 of 2 values cannot be read as dates" "$tmp/err"
finish
