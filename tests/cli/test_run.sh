#!/bin/sh
# The main job as a user does it: deliveries -> protected publication, the same bytes each time, nothing unprotected in it.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil=$PEIL_BUILD/peil
monitors=$PEIL_SOURCE/monitors

hash_of() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum); }
same() { [ "$(hash_of "$1")" = "$(hash_of "$2")" ]; }
says() { grep -q -e "$1" "$2"; }

# a monitor of frequency tables needs no deliveries and shows what was published as it was
check "a monitor of frequency tables runs" "$peil" run "$monitors/nl-published-2016-2020" --out "$tmp/published"
for file in index.html en/index.html slachtoffers.html en/melders.html data/2.9.csv provenance.json; do
    check "it has $file" test -s "$tmp/published/$file"
done
check "a published count passes through" says '^2.2,labour,2020,449,value' "$tmp/published/data/2.2.csv"
check "an unpublished one is not made up" says '^2.9,police,labour,,unknown' "$tmp/published/data/2.9.csv"
"$peil" tabulate "$monitors/nl-published-2016-2020" --figure 2.1 >"$tmp/table.csv" 2>"$tmp/said"
check "tabulate prints codes and counts" says '^2.1,without_kmar_only_sexual,2020,984$' "$tmp/table.csv"
check "and says whom they are for" says 'exact counts, for use inside the secure environment only' "$tmp/said"
check "a second run replaces the first" "$peil" run "$monitors/nl-published-2016-2020" --out "$tmp/published/"
check "nothing half-made is left" sh -c "! ls -d '$tmp'/published.new-* 2>/dev/null"

# errors
"$peil" run "$monitors/nl-2016-2020" --out "$tmp/none" >"$tmp/said" 2>&1
check_code "a monitor of deliveries without them" 64 $?
check "says how to mend it" says '--deliveries' "$tmp/said"
mkdir "$tmp/empty"
"$peil" run "$monitors/nl-2016-2020" --deliveries "$tmp/empty" --out "$tmp/none" >"$tmp/said" 2>&1
check_code "a delivery that is not there" 66 $?
check "is named" says 'police.sav' "$tmp/said"
"$peil" tabulate "$monitors/nl-published-2016-2020" --figure 9.9 >"$tmp/said" 2>&1
check_code "a figure that is not there" 66 $?
check "those there are are named" says '2.10' "$tmp/said"
"$peil" tabulate "$monitors/nl-published-2016-2020" --figure , >"$tmp/said" 2>&1
check_code "no figure at all" 64 $?
mkdir "$tmp/other" && echo mine >"$tmp/other/file"
"$peil" run "$monitors/nl-published-2016-2020" --out "$tmp/other" >"$tmp/said" 2>&1
check_code "a folder with something else in it" 75 $?
check "is left as it was" says mine "$tmp/other/file"
check "no output appears where a run failed" test ! -e "$tmp/none"

# the whole way on invented people
"$peil" synth --help >/dev/null 2>&1 || { skip "the register's monitor" "no synthetic deliveries in this build"; finish; exit; }
check "synthetic deliveries" "$peil" synth "$monitors/nl-2016-2020" --seed 1 --population 200000 --out "$tmp/deliveries"
mkdir "$tmp/private"
check "the register's monitor runs" env TMPDIR="$tmp/private" "$peil" run "$monitors/nl-2016-2020" --deliveries "$tmp/deliveries" \
    --out "$tmp/one" --threads 1
check "nothing is left behind" test -z "$(ls -A "$tmp/private")"
check "two threads" "$peil" run "$monitors/nl-2016-2020" --deliveries "$tmp/deliveries" --out "$tmp/two" --threads 2 --work "$tmp/work"
check "give the same bytes" same "$tmp/one" "$tmp/two"
check "the work folder is private" test "$(stat -c %a "$tmp/work")" = 700
check "it keeps the snapshot" test -s "$tmp/work/snapshot/schema.json"
"$peil" run "$monitors/nl-2016-2020" --deliveries "$tmp/deliveries" --out "$tmp/two" --work "$tmp/work" >"$tmp/said" 2>&1
check_code "a work folder that was used" 75 $?
check "nothing in it can be read that says who somebody is" sh -c \
    "! grep -rlaF -e \"\$(cut -d, -f4 '$tmp/deliveries/fairwork.csv' | grep -o '[A-Z][a-z]\{5,\}' | head -1)\" '$tmp/work' '$tmp/one'"
check "provenance names its parts" says '"snapshot": "[0-9a-f]\{64\}"' "$tmp/one/provenance.json"
if fully; then
    "$peil" tabulate "$monitors/nl-2016-2020" --deliveries "$tmp/deliveries" --figure \
        2.1,2.2,2.3,2.4a,2.4b,2.4c,2.5,2.6,2.7,2.8,2.8-mean,2.9,2.10,2.15-steps,3.4-chains,4.1,4.1-followed,4.1-rules,4.4,4.5,5.5 2>/dev/null >"$tmp/exact.csv"
    check "no exact count in tables, pages or provenance" python3 "$PEIL_SOURCE/tests/cli/scan_counts.py" "$tmp/exact.csv" "$tmp/one"
    check "a figure of the registers is tabulated" says '^4.1,total,five,1270$' "$tmp/exact.csv"
fi

# the registers: followed persons, tests behind the gate, and what is wrong with them
for figure in 2.11 2.15 3.1 3.2 3.6 3.8 4.1 4.1-curve 4.3 4.4 5.1 5.3 5.5 2.1-counted; do
    check "figure $figure is there" test -s "$tmp/one/data/$figure.csv"
done
check "controls stand beside victims" says '^3.1-number,total,control,[1-9]' "$tmp/one/data/3.1-number.csv"
check "a statistic is printed with its p" says 'chi-square [0-9.,]*, degrees of freedom 2, p' "$tmp/one/en/opnieuw.html"
check "adjusted p-values stand beside it" says 'adjusted p &lt; 0.001' "$tmp/one/en/opnieuw.html"
check "matched tests mind the matching" says '^3.1,table1,mantel_haenszel,2,2,' "$tmp/one/data/tests.csv"
check "with the one that does not beside it" says '^3.1,table1-unmatched,pearson,2,2,' "$tmp/one/data/tests.csv"
check "what is withheld says so and why" says 'confidential,withheld: it would give counts away$' "$tmp/one/data/tests.csv"
check "tests of a figure are a file" says '^figure,test,method,rows,columns,least,chisq' "$tmp/one/data/4.4-tests.csv"
check "moves between places are a table" says '^2.15-steps,all_from,all_to,[1-9]' "$tmp/one/data/2.15-steps.csv"
for chain in 2.15-steps 3.4-chains 3.4-weeks; do
    awk -F, '$2 == "start" && $3 == "all_to" { begin = $4 } $2 == "all_from" && $3 == "end" { end = $4 }
        $2 != "all_from" && $3 == "all_to" { out[$2] = $4 } $2 == "all_from" { into[$3] = $4 }
        END { if (begin == "" || begin != end) exit 1; for (p in out) if (p != "start" && out[p] != into[p]) exit 1 }' "$tmp/one/data/$chain.csv"
    check "in $chain as many begin as end, and come to a place as leave it" test $? -eq 0
done
begins() { sed -n "s/^$1,start,//p" "$tmp/one/data/$1.csv"; }
check "a chain that is cut begins as the whole one" test "$(begins 3.4-chains)" = "$(begins 3.4-weeks)"
check "cost is tested, by means and by ranks" says '^3.8-spread,means,welch,.*,value,$' "$tmp/one/data/tests.csv"
check "and the rank test" says '^3.8-classes,table1,kruskal_wallis,5,2,.*,value,$' "$tmp/one/data/tests.csv"
check "a mean has the same digits in every figure" test "$(sed -n 's/^4.1-days,days,total,//p' "$tmp/one/data/4.1-days.csv")" = "$(sed -n 's/^4.1-spread,mean,five,//p' "$tmp/one/data/4.1-spread.csv")"
check "days have a median" says '^4.1-spread,median,five,[1-9]' "$tmp/one/data/4.1-spread.csv"
check "both rules of eligibility" says '^4.1-followed,total,five_day,[1-9]' "$tmp/one/data/4.1-followed.csv"
for column in two five seven; do
    check "figure 4.1b agrees with 4.1 ($column)" test "$(grep ",total,$column," "$tmp/one/data/4.1.csv" | cut -d, -f4)" = \
        "$(grep ",total,$column," "$tmp/one/data/4.1-followed.csv" | cut -d, -f4)"
done
check "the appendix defines populations" says 'Conditions: role any victim' "$tmp/one/en/populations.html"
check "who is left out is counted" says 'Without a person number, cannot be followed' "$tmp/one/en/opnieuw.html"
check "provenance says how good the links are" says '"moved_share": 0.0' "$tmp/one/provenance.json"
check "so does the page about the report" says 'other likely links' "$tmp/one/en/about.html"
check "and how far the hidden number moves with them" says "number not reported moves with them" "$tmp/one/en/about.html"
check "provenance says how many persons may be too many" says "persons_too_many_share" "$tmp/one/provenance.json"
check "provenance counts the registers" says '"register": "incidents"' "$tmp/one/provenance.json"
mv "$tmp/deliveries/registers" "$tmp/registers"
"$peil" run "$monitors/nl-2016-2020" --deliveries "$tmp/deliveries" --out "$tmp/none" >"$tmp/said" 2>&1
check_code "registers that are not there" 66 $?
check "it says how to mend it" says 'put the snapshot there' "$tmp/said"
check "a figure of the notifications does not need them" "$peil" tabulate "$monitors/nl-2016-2020" --deliveries "$tmp/deliveries" --figure 2.1
mv "$tmp/registers" "$tmp/deliveries/registers"

# one count, one number: victims of a year are the same in every figure
line() { grep "^$1,$2,20[0-9][0-9]," "$tmp/one/data/figures.csv" | cut -d, -f3-4; }
for figure in 2.6 2.7 2.8; do
    check "figure $figure and figure 2.1 agree" test "$(line 2.1 without_kmar_only_sexual)" = "$(line $figure total)"
done
finish
