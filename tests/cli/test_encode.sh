#!/bin/sh
# peil key, encode, match, and link on encodings: what comes out, and what is refused.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
cd "$tmp" || exit 1
export PEIL_KEYS="$tmp/keys"
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
[ "$(stat -c %a key key/key | tr '\n' ' ')" = "700 600 " ]; verdict "nobody else reads it" $?
"$peil" key new --domain test --out key 2>err; check_code "a key is never overwritten" 75 $?
check "another key" env PEIL_KEYS="$tmp/others" "$peil" key new --domain test --out other

# what the plain interface gives: field by field, sealed for the unit that the key came with
[ "$(stat -c %a keys/test-1-*.key others/test-1-*.key | sort | uniq -c | tr -s ' ')" = " 2 600" ]; verdict "each key has a linkage unit, whose key nobody else reads" $?
check "records are encoded" "$peil" encode people.csv --fields fields.yaml --key key --out plain.enc
[ "$(stat -c %a plain.enc)" = 600 ]; verdict "for who made them alone" $?
check "and matched" "$peil" match plain.enc --threshold 0.8 --out plain.pairs
[ "$(tail -n +2 plain.pairs | awk -F, 'substr($1, 2) == substr($2, 2) && $3 >= 0.5' | wc -l)" -eq 50 ] && [ "$(wc -l <plain.pairs)" -eq 51 ]; verdict "all fifty and no others" $?
check "and linked" "$peil" link plain.enc --out plain.clusters
! grep -qi -e jansen -e bakker plain.enc; verdict "no name is in the file" $?
PEIL_KEYS="$tmp/elsewhere" "$peil" match plain.enc --out no.csv 2>err; check_code "nobody else opens it" 64 $?
PEIL_KEYS="$tmp/others" "$peil" match plain.enc --out no.csv 2>err; check_code "nor another unit" 77 $?
env -u HOME -u XDG_DATA_HOME -u PEIL_KEYS "$peil" key new --domain test --out homeless >out; check_code "a key where no unit can be kept" 0 $?
[ -e homeless/key ] && [ ! -e homeless/unit.public ]; verdict "has none" $?
[ "$("$peil" match plain.enc --out /dev/stdout 2>/dev/null | wc -l)" -eq 51 ]; verdict "pairs into a pipe" $?
rm key/unit.public other/unit.public

# whole records: what goes where there is no unit
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
"$peil" link f.enc --out c.csv --waterfall r000,r010 >said 2>/dev/null
grep -q 'up to two tokens alone' said && ! grep -q 'edit\|similar' said; verdict "what a field says has the names of encodings" $?
check "one file of two" "$peil" encode one.csv --fields fields.yaml --key key --by field --out one.enc
check "two files of two" "$peil" encode two.csv --fields fields.yaml --key key --by field --out two.enc
check "linked with one another" "$peil" link one.enc two.enc --out both.csv --threads 2
"$peil" link --evaluate both.csv --truth truth.csv --id id --entity entity >e.json
check "all fifty" grep -q '"right_pairs": 50' e.json
check "with another key" "$peil" encode two.csv --fields fields.yaml --key other --by field --out third.enc
"$peil" link one.enc third.enc --out no.csv 2>err; check_code "encodings of two keys are not linked" 65 $?
check "match links what is encoded field by field" "$peil" match f.enc --probability 0.8 --out p8.csv
"$peil" match f.enc --threshold 0.9 --out p9.csv 2>err
grep -q -- '--probability' err; verdict "a threshold for Dice is said to be none for these" $?
head -1 p8.csv | grep -qx 'id_a,id_b,probability'; verdict "and says that it gives probabilities" $?
[ "$(tail -n +2 p8.csv | awk -F, 'substr($1, 2) == substr($2, 2) && $3 >= 0.8' | wc -l)" -eq 50 ] && [ "$(wc -l <p8.csv)" -eq 51 ]; verdict "all fifty and no others" $?
check "two files too" "$peil" match one.enc two.enc --out p5.csv
[ "$(wc -l <p5.csv)" -eq 51 ]; verdict "all fifty" $?
"$peil" match f.enc a.enc --out no.csv 2>err; check_code "not one of each kind" 65 $?
"$peil" match a.enc f.enc --out no.csv 2>err; check_code "nor the other way" 65 $?
"$peil" match a.enc --threshold 0.8 --out no.csv 2>err
grep -q 'diffusion 8: at 0.8 only' err; verdict "a threshold too high for the diffusion is said to be" $?
rm -f no.csv
"$peil" link a.enc --out no.csv 2>err; check_code "link refuses what is for match" 65 $?
check "and says so" grep -q 'peil match' err
"$peil" link one.enc two.csv --out no.csv 2>err; check_code "a plain file beside an encoded one is refused" 65 $?
head -c 5000 f.enc >cut.enc
"$peil" link cut.enc --out no.csv 2>err; check_code "a file cut off is refused" 65 $?

# sealed for a linkage unit
check "a linkage unit makes its keys" "$peil" key unit --out unit
[ "$(stat -c %a unit/unit.key)" = 600 ]; verdict "nobody else reads its key" $?
"$peil" key unit --out unit 2>err; check_code "they are never overwritten" 75 $?
check "another unit" "$peil" key unit --out unit2
check "fields are sealed" "$peil" encode one.csv --fields fields.yaml --key key --by field --unit unit/unit.public --out one.sealed
check "by both" "$peil" encode two.csv --fields fields.yaml --key key --by field --unit unit/unit.public --out two.sealed
check "the unit links them" "$peil" link one.sealed two.sealed --unit unit/unit.key --out sealed.csv
cmp -s sealed.csv both.csv; verdict "as if they were open" $?
check "and matches them" "$peil" match one.sealed two.sealed --unit unit/unit.key --out sealed.pairs
cmp -s sealed.pairs p5.csv; verdict "as if they were open" $?
check "sealed beside open" "$peil" link one.sealed two.enc --unit unit/unit.key --out sealed.csv
"$peil" link one.sealed two.sealed --out no.csv 2>err; check_code "without its key" 77 $?
grep -q -- '--unit' err; verdict "it says what is needed" $?
"$peil" link one.sealed --unit unit2/unit.key --out no.csv 2>err; check_code "another unit cannot open them" 77 $?
"$peil" link one.sealed --unit unit/unit.public --out no.csv 2>err; check_code "nor the public key" 65 $?
"$peil" encode one.csv --fields fields.yaml --key key --by field --unit unit/unit.key --out no.enc 2>err; check_code "one seals with the public key" 65 $?
"$peil" encode one.csv --fields fields.yaml --key key --by record --unit unit/unit.public --out no.enc 2>err; check_code "whole records are not sealed" 64 $?
check "a key for that unit" "$peil" key new --domain given --unit unit/unit.public --out given
cmp -s unit/unit.public given/unit.public && ! ls keys | grep -q given; verdict "no other unit is made" $?
"$peil" key new --domain given --unit unit/unit.key --out given2 2>err; check_code "a unit is named by its public key" 65 $?
[ ! -e given2/key ]; verdict "and nothing is made" $?
head -c 3000 one.sealed >cut.sealed
"$peil" link cut.sealed --unit unit/unit.key --out no.csv 2>err; check_code "cut off" 77 $?
head -c 9 one.sealed >cut.sealed
"$peil" match cut.sealed --unit unit/unit.key --out no.csv 2>err; check_code "cut off at once" 65 $?
check "sealed again" "$peil" encode one.csv --fields fields.yaml --key key --by field --unit unit/unit.public --out one2.sealed
! cmp -s one.sealed one2.sealed; verdict "no two sealed files are alike" $?
[ ! -e no.csv ] && [ ! -e no.enc ]; verdict "nothing is written by what fails" $?

# few records, and thousands that are equal: what plain records give
few() { echo "id,given,family,born"; echo "a,Anna,Ivanova,19900101"; printf 'b,\320\220\320\275\320\275\320\260,\320\230\320\262\320\260\320\275\320\276\320\262\320\260,19900101\n'; echo "c,,,"; echo 'd,"x, y",-,00000000'; echo "e,Bo,Li,19850210"; }
few >few.csv
awk 'BEGIN { print "id,given,family,born"; for (i = 0; i < 3000; i++) print "r" i ",Maria,Jansen,19900101" }' >equal.csv
awk 'BEGIN { print "id,given,family,born"; for (i = 0; i < 1000; i++) print "r" i ",,," }' >blank.csv
for set in few equal blank; do
    "$peil" link $set.csv --fields fields.yaml --out plain.csv 2>/dev/null; check_code "$set: plain" 0 $?
    check "$set: encoded" "$peil" encode $set.csv --fields fields.yaml --key key --by field --out $set.enc
    "$peil" link $set.enc --out coded.csv 2>/dev/null; check_code "$set: linked" 0 $?
    cut -d, -f1,2 plain.csv >x1; cut -d, -f1,2 coded.csv >x2; cmp -s x1 x2; verdict "$set: the same persons" $?
done

# forged: a byte changed anywhere is found; so is a whole file of another kind
for at in 9 40 200 3000; do
    for file in a.enc f.enc; do
        cp $file forged.enc
        printf '\377' | dd of=forged.enc bs=1 seek=$at conv=notrunc 2>/dev/null
        cmp -s $file forged.enc && printf '\376' | dd of=forged.enc bs=1 seek=$at conv=notrunc 2>/dev/null
        "$peil" match forged.enc --out no.csv 2>err; check_code "$file with byte $at changed" 65 $?
    done
done
: >empty.enc
"$peil" match empty.enc --out no.csv 2>err; check_code "an empty file" 65 $?
"$peil" match people.csv --out no.csv 2>err; check_code "a file of names" 65 $?
! grep -qi -e jansen -e bakker err; verdict "no name is said" $?
"$peil" match nothing.enc --out no.csv 2>err; check_code "no file" 66 $?
[ ! -e no.csv ]; verdict "nothing is written by any of these" $?
echo 'peil-encode-key 1 test 1 8 00' >key/short; mkdir -p bad && cp key/short bad/key
"$peil" encode people.csv --fields fields.yaml --key bad --out no.enc 2>err; check_code "a key cut off" 65 $?
"$peil" encode people.csv --fields fields.yaml --key nowhere --out no.enc 2>err; check_code "no key" 66 $?

sed 's/%Y%m%d/%d-%m-%Y/' fields.yaml >wrong.yaml
"$peil" encode people.csv --fields wrong.yaml --key key --out wrong.enc 2>err; check_code "a format that reads no date" 0 $?
grep -q 'column born: 350 of 350 values cannot be read as dates' err; verdict "is not silent" $?

# keys that others may read, results in the place of what they are made of, a pipe nobody writes into
chmod 644 key/key
"$peil" encode people.csv --fields fields.yaml --key key --out no.enc 2>err; check_code "a key that others may read is refused" 77 $?
grep -q 'chmod 600' err; verdict "and it says what to do" $?
chmod 600 key/key
cp people.csv kept.csv
"$peil" encode people.csv --fields fields.yaml --key key --out people.csv 2>err; check_code "encodings do not overwrite the names" 64 $?
"$peil" encode people.csv --fields fields.yaml --key key --out key/key 2>err; check_code "nor the key" 64 $?
cp a.enc a2.enc; ln -s a2.enc a3.enc
"$peil" match a2.enc --delete --out a3.enc 2>err; check_code "pairs do not overwrite the encodings" 64 $?
"$peil" link f.enc --delete --out f.enc 2>err; check_code "nor do clusters" 64 $?
"$peil" match a3.enc --delete --out linked.csv 2>err; check_code "a link is not destroyed" 74 $?
cmp -s people.csv kept.csv && cmp -s a.enc a2.enc && [ -s f.enc ]; verdict "all is as it was" $?
mkfifo pipe
timeout 10 "$peil" match pipe --out no.csv 2>err; check_code "a pipe is refused at once" 74 $?
rm -f a2.enc a3.enc

# killed at any moment: a whole file, or none, and nothing beside it
mkdir killed
awk -F, 'NR == 1 { print; next } { for (k = 0; k < 30; k++) print $1 "-" k "," $2 "," $3 "," $4 }' people.csv >many.csv
for wait in 0.01 0.03 0.06 0.1 0.15 0.2 0.3; do
    timeout -s KILL "$wait" "$peil" encode many.csv --fields fields.yaml --key key --out killed/out.enc 2>/dev/null
    [ "$(ls killed | grep -vc '^out.enc$')" -eq 0 ] || echo "# left: $(ls killed)" >>halves
    [ ! -e killed/out.enc ] || "$peil" match killed/out.enc --threshold 1 --out whole.csv 2>/dev/null || echo "# half" >>halves
    rm -f killed/out.enc
done
[ ! -e halves ]; verdict "nothing half-written stays" $?

# the end of an epoch: the key and the encodings go, the next key is another
cp a.enc a2.enc
check "encodings are destroyed when the pairs are written" "$peil" match a.enc a2.enc --threshold 0.6 --delete --out last.csv
[ ! -e a.enc ] && [ ! -e a2.enc ] && [ -s last.csv ]; verdict "both files" $?
check "those of the linkage unit too" "$peil" link f.enc --delete --out clusters.csv
[ ! -e f.enc ]; verdict "they are gone" $?
"$peil" link people.csv --fields fields.yaml --delete --out c.csv 2>err; check_code "plain files are not ours to remove" 64 $?
[ -s people.csv ]; verdict "they stay" $?
"$peil" match cut.enc --delete --out no.csv 2>err; check_code "after a failure nothing is destroyed" 65 $?
[ -s cut.enc ]; verdict "the file stays" $?
check "an epoch ends" "$peil" key end --key key
[ ! -e key/key ]; verdict "its key is gone" $?
"$peil" encode people.csv --fields fields.yaml --key key --out no.enc 2>err; check_code "nothing can be encoded with it" 66 $?
grep -q 'epoch 1 of test has ended' err; verdict "and it says why" $?
"$peil" key end --key key 2>err; check_code "it ends once" 66 $?
"$peil" key new --domain test --epoch 1 --out key 2>err; check_code "an ended epoch does not come back" 75 $?
"$peil" key new --domain other --out key 2>err; check_code "nor under another domain" 75 $?
"$peil" key new --domain test --out key >said; check_code "the next key" 0 $?
grep -q 'epoch 2 of test' said; verdict "is of the next epoch" $?
check "records are encoded anew" "$peil" encode people.csv --fields fields.yaml --key key --out a.enc
"$peil" match a.enc b.enc --out no.csv 2>err; check_code "not comparable with those of before" 65 $?
check "a linkage unit ends" "$peil" key end --key unit
[ ! -e unit/unit.key ] && [ -e unit/unit.public ]; verdict "its key is gone" $?
"$peil" link one.sealed --unit unit/unit.key --out no.csv 2>err; check_code "what was sealed for it opens no more" 66 $?
"$peil" key end --key unit2/unit.public 2>err; check_code "a public key is none that ends" 65 $?
check "by its file as well" "$peil" key end --key unit2/unit.key
[ ! -e unit2/unit.key ] && [ -e unit2/unit.public ]; verdict "its key is gone too" $?
"$peil" key end 2>err; check_code "which key ends must be said" 64 $?
"$peil" key new --domain x 2>err; check_code "and where a new one goes" 64 $?
finish
