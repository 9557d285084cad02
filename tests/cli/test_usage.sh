#!/bin/sh
# Usage, help and exit codes of the program.
. "$PEIL_SOURCE/tests/cli/tap.sh"
export ASAN_OPTIONS=detect_leaks=0 # argp of glibc leaks two bytes when it prints --help, and then exits
peil="$PEIL_BUILD/peil"

"$peil" >/dev/null 2>&1; check_code "no verb is wrong use" 64 $?
"$peil" nonsense >/dev/null 2>&1; check_code "an unknown verb is wrong use" 64 $?
"$peil" version --nonsense >/dev/null 2>&1; check_code "an unknown option is wrong use" 64 $?
"$peil" version extra >/dev/null 2>&1; check_code "an extra argument is wrong use" 64 $?
"$peil" --help >"$tmp/help"; check_code "help succeeds" 0 $?
check "help lists the verbs" grep -q '^  version ' "$tmp/help"
"$peil" version --help >"$tmp/help"; check_code "help of a verb succeeds" 0 $?
check "help of a verb shows an example" grep -q 'Example' "$tmp/help"
for verb in $("$peil" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    "$peil" "$verb" --help >"$tmp/help" 2>&1
    check "help of $verb shows an example" grep -q 'Example' "$tmp/help"
    check "and the exit codes" grep -q '^Exit codes: 0 done, 64 wrong use' "$tmp/help"
done

# what is not there, a folder, an empty file in the place of each file: one line that says which, and nothing is written
cd "$tmp" || exit 1
export HOME="$tmp/home"
mkdir folder home
: >empty
printf 'id,given,family,born\n1,anna,jansen,19900101\n2,anna,jansen,19900101\n' >people.csv
printf 'id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n  - {column: born, kind: date_of_birth, format: "%%Y%%m%%d"}\n' >fields.yaml
printf 'person,sex,birth_year\n1,f,1990\n2,f,1990\n' >cases.csv
printf 'dimensions:\n  - {name: sex, total: all}\n' >spec.yaml
"$peil" key new --domain d --out key >/dev/null 2>&1
cat >calls <<END
estimate @ --method stepwise --replicates made
stat km @ --time time --event event
stat table @
check @
link @ --fields fields.yaml --out made
link people.csv --fields @ --out made
link @ --out made
protect @ --spec spec.yaml --out made
protect people.csv --spec @ --out made
audit @
follow --cohort @ --events people.csv
paths --cohort @ --trajectories people.csv
controls --cases @ --population people.csv --out made
controls --cases cases.csv --population @ --out made
encode @ --fields fields.yaml --key key --out made
encode people.csv --fields fields.yaml --key @ --out made
match @ --threshold 0.8 --out made
intake $PEIL_SOURCE/sources/kmar.yaml @ --store made --rejections rejected
intake @ people.csv --store made --rejections rejected
persons @ --store made
persons $PEIL_SOURCE/sources/notifications.yaml --store @
tabulate @ --figure 2.1
run @ --out made
run $PEIL_SOURCE/monitors/nl-2016-2020 --deliveries @ --out made
synth @ --out made
END
while read -r call; do
    for what in gone folder empty; do
        "$peil" $(echo "$call" | sed "s/@/$what/") </dev/null >said 2>err
        code=$?
        [ $code -ge 64 ] && [ $code -le 80 ] && [ $code -ne 70 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "^peil ${call%% *}: .*$what" err && [ ! -e made ]
        verdict "$(echo "$call" | sed "s/@/$what/; s,$PEIL_SOURCE/,,"): refused by name" $?
        [ -s err ] && [ ! -e made ] || sed 's/^/# /' err
        rm -rf made rejected
    done
done <calls

# no result in the place of what it is made of, in a folder that is not there, or as a folder
printf 'a,b,count\n1,0,30\n0,1,20\n1,1,9\n' >lists.csv
cat >calls <<END
estimate lists.csv --method stepwise --bootstrap 10 --replicates @ lists.csv
controls --cases cases.csv --population people.csv --out @ cases.csv
controls --cases cases.csv --population people.csv --out @ people.csv
intake $PEIL_SOURCE/sources/kmar.yaml people.csv --store made --rejections @ people.csv
link people.csv --fields fields.yaml --out @ people.csv
link people.csv --fields fields.yaml --out made --chart @ fields.yaml
encode people.csv --fields fields.yaml --key folder --out @ people.csv
END
while read -r call; do
    own=${call##* }
    call=${call% *}
    cp "$own" kept
    "$peil" $(echo "$call" | sed "s/@/$own/") </dev/null >said 2>err; code=$?
    [ $code -eq 64 ] && grep -q "$own: would overwrite what is read: take another name" err && cmp -s "$own" kept; verdict "$call over $own" $?
done <calls
"$peil" link people.csv --fields fields.yaml --out gone/made 2>err; check_code "a result in a folder that is not there" 74 $?
check "it says what to do" grep -q 'its folder is not there: make it first' err
"$peil" link people.csv --fields fields.yaml --out folder 2>err; check_code "a folder as a result" 74 $?
check "it says so" grep -q 'folder: a folder: expected a file' err
finish
