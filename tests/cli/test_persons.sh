#!/bin/sh
# Persons of a store as a user makes them: a first year, a second, review, decisions, undo.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
monitor="$PEIL_SOURCE/monitors/nl-2016-2020"
register="$PEIL_SOURCE/sources/notifications.yaml"
export HOME="$tmp/home"
unset XDG_CONFIG_HOME
mkdir "$HOME"
d="$tmp/deliveries"
s="$tmp/register.db"
says() { grep -q -e "$1" "$2"; }
intake() { "$peil" intake "$PEIL_SOURCE/sources/$1.yaml" "$d/$2" --store "$3" --rejections "$tmp/rejected.csv"; }
persons() { "$peil" persons "$register" --store "$s" "$@"; }

persons >"$tmp/said" 2>&1; check_code "a store that is not there" 66 $?
check "is not made" test ! -e "$s"
check "synthetic deliveries" "$peil" synth "$monitor" --seed 3 --population 200000 --noise 0.1 --out "$d"
for name in fairwork kmar labour_inspectorate; do check "$name comes in" intake $name $name.csv "$s"; done
persons --out "$tmp/p1.csv" --review "$tmp/review.csv" --log "$tmp/l1.csv" >"$tmp/said" 2>&1; check_code "persons of the first deliveries" 0 $?
check "all reports are new" says '^linkage 1: [0-9]* reports new, 0 moved' "$tmp/said"
check "a list of persons" says '^report,reporter,delivery,row,person$' "$tmp/p1.csv"
check "a list for review" says '^id_a,id_b,probability,log_odds,part,what,weight$' "$tmp/review.csv"
persons >"$tmp/said"; check_code "again" 0 $?
check "nothing has changed" says 'nothing has changed' "$tmp/said"

more="care_coordinators.csv other_reporters.csv"
fully && more="police.sav $more"
for name in $more; do check "$name comes in" intake "${name%.*}" $name "$s"; done
persons --out "$tmp/p2.csv" --review "$tmp/review.csv" --log "$tmp/l2.csv" --audit "$tmp/a2.csv" >"$tmp/said" 2>&1; check_code "persons of all deliveries" 0 $?
check "numbers stay but for those that moved" sh -c "sort '$tmp/p1.csv' >'$tmp/x1' && sort '$tmp/p2.csv' >'$tmp/x2' && moved=\$(join -t, '$tmp/x1' '$tmp/x2' | awk -F, '\$5 != \$9' | wc -l) && grep -q \"reports new, \$moved moved\" '$tmp/said'"
check "the audit chain names every merge" sh -c "[ \$(grep -c ',merge,' '$tmp/a2.csv') = \$(sed -n 's/.*gone; \([0-9]*\) merges.*/\1/p' '$tmp/said') ]"
check "and every split" sh -c "[ \$(grep -c ',split,' '$tmp/a2.csv') = \$(sed -n 's/.*merges, \([0-9]*\) splits.*/\1/p' '$tmp/said') ]"
for name in $more fairwork.csv labour_inspectorate.csv kmar.csv; do intake "${name%.*}" $name "$tmp/batch.db" >/dev/null; done
"$peil" persons "$register" --store "$tmp/batch.db" --out "$tmp/batch.csv" >/dev/null 2>&1; check_code "all at once, in another order" 0 $?
partition() { sed 1d "$1" | cut -d, -f1,5 | sort | awk -F, '{ if (!($2 in n)) n[$2] = ++k; print $1, n[$2] }'; }
check "gives the same persons" sh -c "$(cat <<EOF
partition() { sed 1d "\$1" | cut -d, -f1,5 | sort | awk -F, '{ if (!(\$2 in n)) n[\$2] = ++k; print \$1, n[\$2] }'; }
partition '$tmp/p2.csv' >'$tmp/x1'; partition '$tmp/batch.csv' >'$tmp/x2'; cmp '$tmp/x1' '$tmp/x2'
EOF
)"

# killed while it writes: as before or as after, and it goes on
cp "$tmp/batch.db" "$tmp/killed.db"
"$peil" persons "$register" --store "$tmp/killed.db" --undo >/dev/null
cp "$tmp/killed.db" "$tmp/undone.db"
waits=0.005
fully && waits="0 0.005 0.02"
for wait in $waits; do
    cp "$tmp/undone.db" "$tmp/killed.db"
    rm -f "$tmp/killed.db-wal" "$tmp/killed.db-shm"
    "$peil" persons "$register" --store "$tmp/killed.db" >/dev/null 2>&1 &
    pid=$!
    while [ ! -s "$tmp/killed.db-wal" ] && kill -0 $pid 2>/dev/null; do :; done
    sleep $wait
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    "$peil" persons "$register" --store "$tmp/killed.db" --show --out "$tmp/k.csv" >/dev/null 2>&1; check_code "killed after $wait s: the store is whole" 0 $?
    without=$(sed 1d "$tmp/k.csv" | grep -c ',$')
    check "all persons or none" test "$without" -eq 0 -o "$without" -eq "$(sed 1d "$tmp/k.csv" | wc -l)"
    "$peil" persons "$register" --store "$tmp/killed.db" --out "$tmp/k.csv" >/dev/null 2>&1
    check "and linked again it is the same" cmp "$tmp/k.csv" "$tmp/batch.csv"
done

# delivered again: the same reports, so nothing changes
{ head -1 "$d/kmar.csv"; sed 1d "$d/kmar.csv" | sort -r; } >"$d/again.csv"
check "a delivery in another order" intake kmar again.csv "$s"
persons --out "$tmp/p2b.csv" >"$tmp/said" 2>&1; check_code "persons again" 0 $?
check "nobody has another number" sh -c "cut -d, -f1,5 '$tmp/p2.csv' >'$tmp/x1' && cut -d, -f1,5 '$tmp/p2b.csv' >'$tmp/x2' && cmp '$tmp/x1' '$tmp/x2'"
check "nothing was linked anew" says 'nothing has changed' "$tmp/said"
mv "$tmp/p2b.csv" "$tmp/p2.csv" # delivery and row are other ones now

# decisions
pair=$(sed -n 2p "$tmp/review.csv" | cut -d, -f1,2)
a=${pair%,*} b=${pair#*,}
number() { sed -n "s/^$1,[^,]*,[^,]*,[^,]*,//p" "$2"; }
persons --waterfall "$b,$a" --waterfall-svg "$tmp/chart.svg" >"$tmp/said" 2>&1; check_code "what each field says about it" 0 $?
check "in text" says '^together .* probability 0\.' "$tmp/said"
refused=$(grep ',refused,' "$tmp/review.csv" | head -1 | cut -d, -f1,2)
[ -z "$refused" ] || { persons --waterfall "$refused" >"$tmp/said2" 2>&1; check_code "what each field says about two that were not joined" 0 $?; }
check "with the score of the list" says "probability $(sed -n 2p "$tmp/review.csv" | cut -d, -f3 | cut -c1-5)" "$tmp/said"
check "and as a chart" says '^</svg>' "$tmp/chart.svg"
persons --waterfall "$a,$a" >/dev/null 2>&1; check_code "one report twice" 66 $?
persons --waterfall "$a,0000000000000000" >"$tmp/said" 2>&1; check_code "a report that is not there" 66 $?
check "says which" says 'no report with the second id' "$tmp/said"
joined=$(sed 1d "$tmp/p2.csv" | sort -t, -k5,5 | awk -F, '$5 == last { print id "," $1; exit } { last = $5; id = $1 }')
persons --waterfall "$joined" >"$tmp/said" 2>&1; check_code "what joined two reports" 0 $?
check "is shown too" says '^together ' "$tmp/said"
if [ "$(number "$a" "$tmp/p2.csv")" = "$(number "$b" "$tmp/p2.csv")" ]; then word=different; else word=same; fi
printf 'id_a,id_b,decision,who,when\n%s,%s,%s,xy,2026-01-05\n' "$a" "$b" $word >"$tmp/decisions.csv"
persons --decisions "$tmp/decisions.csv" --out "$tmp/p3.csv" >"$tmp/said" 2>&1; check_code "a decision" 0 $?
check "is taken" says '; 1 decisions$' "$tmp/said"
if [ "$(number "$a" "$tmp/p3.csv")" = "$(number "$b" "$tmp/p3.csv")" ]; then is=same; else is=different; fi
check "and holds" test $is = $word
persons --decisions "$tmp/decisions.csv" >"$tmp/said" 2>&1
check "the same file again changes nothing" says 'nothing has changed' "$tmp/said"
sed 's/,same,\|,different,/,maybe,/' "$tmp/decisions.csv" >"$tmp/bad.csv"
persons --decisions "$tmp/bad.csv" >"$tmp/said" 2>&1; check_code "a decision that is none" 65 $?
sed "s/^$a/0000000000000000/" "$tmp/decisions.csv" >"$tmp/bad.csv"
persons --decisions "$tmp/bad.csv" >"$tmp/said" 2>&1; check_code "a decision about nobody" 65 $?
check "says which" says 'bad.csv: row 2: column id_a: the store has no such report' "$tmp/said"
sed 's/2026-01-05/5 januari/' "$tmp/decisions.csv" >"$tmp/bad.csv"
persons --decisions "$tmp/bad.csv" >"$tmp/said" 2>&1; check_code "a day that is none" 65 $?
check "says row and column" says 'bad.csv: row 2: column when' "$tmp/said"
if [ $word = same ]; then other=different; else other=same; fi
sed "s/,$word,/,$other,/; s/2026-01-05/2025-12-31/" "$tmp/decisions.csv" >"$tmp/older.csv"
persons --decisions "$tmp/older.csv" >"$tmp/said" 2>&1; check_code "an older decision about the same reports" 0 $?
check "is passed over" says 'older than what the store holds' "$tmp/said"
check "and changes nothing" says 'nothing has changed' "$tmp/said"
sed "s/,$word,/,$other,/" "$tmp/decisions.csv" | sed 1d | cat "$tmp/decisions.csv" - >"$tmp/bad.csv"
persons --decisions "$tmp/bad.csv" >"$tmp/said" 2>&1; check_code "two words on one day" 65 $?
before=$(persons --show --audit "$tmp/a3.csv" >/dev/null && wc -l <"$tmp/a3.csv")
persons --waterfall nonsense >/dev/null 2>&1; check_code "a pair that is none" 64 $?
check "links nothing" test "$(persons --show --audit "$tmp/a3.csv" >/dev/null && wc -l <"$tmp/a3.csv")" = "$before"
persons --undo --decisions "$tmp/decisions.csv" >/dev/null 2>&1; check_code "undo with decisions is wrong use" 64 $?

# undone to the byte
persons --undo --out "$tmp/u2.csv" >"$tmp/said"; check_code "the decision is undone" 0 $?
check "with it the decision" says '1 decisions taken back' "$tmp/said"
check "persons are as before, to the byte" cmp "$tmp/p2.csv" "$tmp/u2.csv"
persons --undo --out "$tmp/u1.csv" >/dev/null; check_code "the second year is undone" 0 $?
check "persons are as before, to the byte" sh -c "cut -d, -f1,5 '$tmp/p1.csv' >'$tmp/x1' && cut -d, -f1,5 '$tmp/u1.csv' | grep -v ',\$' | cmp - '$tmp/x1'"
persons --undo >/dev/null; check_code "the first is undone" 0 $?
persons --undo >"$tmp/said" 2>&1; check_code "there is no more" 66 $?
persons --show --out "$tmp/none.csv" --log "$tmp/log.csv" --audit "$tmp/audit.csv" >/dev/null; check_code "looking" 0 $?
check "nobody has a person" sh -c "! sed 1d '$tmp/none.csv' | grep -qv ',\$'"
check "the log has all of it, undone" sh -c "! sed 1d '$tmp/log.csv' | grep -qv '^[0-9]*,yes,'"
check "so has the audit chain" test "$(grep -c ',undo,' "$tmp/audit.csv")" = 3
check "no file names anybody" sh -c "! grep -rqF -e \"\$(cut -d, -f4 '$d/fairwork.csv' | grep -o '[A-Z][a-z]\{5,\}' | head -1)\" '$tmp'/*.csv"
finish
