#!/bin/sh
# peil match over several processes: the same pairs file for any number of ranks, and an error that ends them all.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
cd "$tmp" || exit 1
ranks() { n=$1; shift; OMP_NUM_THREADS=1 mpirun -n "$n" --oversubscribe --allow-run-as-root "$@"; }
awk 'BEGIN {
    print "id,given,family,born"
    split("anna bert carla dirk eva frits gerda hans ina joop", g, " ")
    split("jansen bakker visser smit meyer mulder bos vos peters dekker", f, " ")
    for (i = 0; i < 5000; i++)
        printf "r%04d,%s%c%c,%s%c%c,%d%02d%02d\n", i, g[i % 10 + 1], 97 + i % 7, 97 + i % 19, f[int(i / 10) % 10 + 1], 97 + i % 23,
            97 + int(i / 500) % 26, 1950 + i % 50, i % 12 + 1, i % 28 + 1
}' >a.csv
awk -F, 'NR == 1 || NR % 3 == 0 { sub(/^r/, "s"); print }' a.csv >b.csv
printf 'id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n  - {column: born, kind: date_of_birth, format: "%%Y%%m%%d"}\n' >fields.yaml
export PEIL_KEYS="$tmp/keys"
"$peil" key new --domain test --out key 2>/dev/null
check "the first file" "$peil" encode a.csv --fields fields.yaml --key key --by record --out a.enc
check "the second file" "$peil" encode b.csv --fields fields.yaml --key key --by record --out b.enc
check "one process, one file" "$peil" match a.enc --threshold 0.6 --out within.csv
check "one process, two files" "$peil" match a.enc b.enc --threshold 0.6 --out between.csv
[ "$(wc -l <between.csv)" -gt 1600 ]; verdict "there are pairs to find" $?
for n in 1 2 4; do
    check "$n ranks, one file" ranks "$n" "$peil" match a.enc --threshold 0.6 --out "within$n.csv"
    check "the same pairs" cmp within.csv "within$n.csv"
    check "$n ranks, two files" ranks "$n" "$peil" match a.enc b.enc --threshold 0.6 --out "between$n.csv"
    check "the same pairs" cmp between.csv "between$n.csv"
done
ranks 2 "$peil" match a.enc missing.enc --out no.csv >out 2>&1
[ $? -ne 0 ]; verdict "a file that is not there ends all ranks" $?
check "and is named" grep -q missing.enc out
[ ! -e no.csv ]; verdict "and nothing is written" $?
finish
