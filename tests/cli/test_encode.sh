#!/bin/sh
# peil key, encode, match, and link on encodings: what comes out, and what is refused.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
cd "$tmp" || exit 1
awk 'BEGIN {
    print "id,given,family,born"
    split("anna bert carla dirk eva frits gerda hans ina joop", g, " ")
    split("jansen bakker visser smit meyer mulder bos vos peters dekker", f, " ")
    for (i = 0; i < 300; i++) {
        line = sprintf("%s%c,%s%c,%d%02d%02d", g[i % 10 + 1], 97 + i % 7, f[int(i / 10) % 10 + 1], 97 + i % 23, 1950 + i % 50, i % 12 + 1, i % 28 + 1)
        printf "r%03d,%s\n", i, line
        if (i % 6 == 0) printf "s%03d,%s\n", i, line
    }
}' >people.csv
awk -F, 'NR == 1 { print "id,entity"; next } { print $1 "," substr($1, 2) }' people.csv >truth.csv
{ echo "id,given,family,born"; grep '^s' people.csv; } >two.csv
grep -v '^s' people.csv >one.csv
printf 'id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n  - {column: born, kind: date_of_birth, format: "%%Y%%m%%d"}\n' >fields.yaml

check "a key is made" "$peil" key new --domain test --out key
[ "$(stat -c %a key/key)" = 600 ]; verdict "nobody else reads it" $?
"$peil" key new --domain test --out key 2>err; check_code "a key is never overwritten" 75 $?
check "another key" "$peil" key new --domain test --out other

# whole records
check "records are encoded" "$peil" encode people.csv --fields fields.yaml --key key --out a.enc
check "and matched" "$peil" match a.enc --threshold 0.95 --out pairs.csv
[ "$(tail -n +2 pairs.csv | awk -F, 'substr($1, 2) == substr($2, 2) && $3 == 1' | wc -l)" -eq 50 ]; verdict "all fifty that occur twice" $?
for kernel in portable avx2 avx512 amx; do
    if "$peil" match a.enc --threshold 0.6 --kernel $kernel --out $kernel.csv 2>/dev/null; then
        cmp -s portable.csv $kernel.csv; verdict "$kernel finds the same pairs" $?
    else
        skip "$kernel" "not on this machine"
    fi
done
"$peil" match a.enc --threshold 1.2 --out no.csv 2>err; check_code "a threshold above one is refused" 64 $?
check "with another key" "$peil" encode people.csv --fields fields.yaml --key other --out b.enc
"$peil" match a.enc b.enc --out no.csv 2>err; check_code "encodings of two keys are not compared" 65 $?
check "and it says so" grep -q 'different keys' err
head -c 5000 a.enc >cut.enc
"$peil" match cut.enc --out no.csv 2>err; check_code "a file cut off is refused" 65 $?
[ ! -e no.csv ]; verdict "and nothing is written" $?

# field by field
check "fields are encoded" "$peil" encode people.csv --fields fields.yaml --key key --by field --out f.enc
check "and linked" "$peil" link f.enc --out clusters.csv --pairs p.csv --review r.csv --report q.json
"$peil" link --evaluate clusters.csv --truth truth.csv --id id --entity entity >e.json
check "all pairs and no others" grep -q '"f1": 1.0' e.json
{ echo "id,given,family,born"; tail -n +2 people.csv | sort -t, -k3; } >shuffled.csv
check "in another order" "$peil" encode shuffled.csv --fields fields.yaml --key key --by field --out g.enc
check "the same bytes" cmp f.enc g.enc
grep -qi -e jansen -e bakker f.enc; check_code "no name is in the file" 1 $?
check "one file of two" "$peil" encode one.csv --fields fields.yaml --key key --by field --out one.enc
check "two files of two" "$peil" encode two.csv --fields fields.yaml --key key --by field --out two.enc
check "linked with one another" "$peil" link one.enc two.enc --out both.csv --threads 2
"$peil" link --evaluate both.csv --truth truth.csv --id id --entity entity >e.json
check "all fifty" grep -q '"right_pairs": 50' e.json
check "with another key" "$peil" encode two.csv --fields fields.yaml --key other --by field --out third.enc
"$peil" link one.enc third.enc --out no.csv 2>err; check_code "encodings of two keys are not linked" 65 $?
"$peil" match f.enc --out no.csv 2>err; check_code "match refuses what is for link" 65 $?
check "and says so" grep -q 'peil link' err
"$peil" link a.enc --out no.csv 2>err; check_code "link refuses what is for match" 65 $?
check "and says so" grep -q 'peil match' err
"$peil" link one.enc two.csv --out no.csv 2>err; check_code "a plain file beside an encoded one is refused" 65 $?
head -c 5000 f.enc >cut.enc
"$peil" link cut.enc --out no.csv 2>err; check_code "a file cut off is refused" 65 $?
finish
