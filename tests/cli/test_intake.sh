#!/bin/sh
# peil intake as a user runs it: what it says, exit codes, keys, and what is left after kill -9 at any moment.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
state="$PEIL_BUILD/tests/register/store_state"
source="$PEIL_SOURCE/sources/other_reporters.yaml"
header='Meldingskenmerk;Ontvangen;Toestemming registratie;Toestemming opvang;Voornaam;Familienaam;Geboren;Geslacht;Nationaliteiten;BSN;V-nummer;Vormen;Sector seksueel;Sector arbeid;Sector crimineel;Plaats;Vanaf;Tot;Dublin'
export HOME="$tmp/home"
unset XDG_CONFIG_HOME
mkdir "$HOME"
s="$tmp/store"
mkdir "$s"
rows() { # from to consent
    awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN { for (i = a; i <= b; i++) printf "N%d;2018-03-04;%s;;Qzgiven%d;Qzfamily;1990-04-05;V;NG;;;sexual;;;;Qzplace;;;\n", i, c, i }'
}
intake() { "$peil" intake "$source" "$@"; }

{ echo "$header"; rows 1 40 betrokkene; rows 41 50 geweigerd; echo 'N51;2018-02-30;betrokkene;;Qzgiven;Qzfamily;;;;;;;;;;;;;'; } >"$tmp/first.csv"
intake "$tmp/first.csv" --store "$s/r.db" --rejections "$s/rejections.csv" >"$tmp/out" 2>"$tmp/err"; check_code "a delivery is taken in" 0 $?
check "it says what was kept" grep -q '40 kept' "$tmp/out"
check "it says what was counted" grep -q '10 counted without identity' "$tmp/out"
check "it says what was rejected" grep -q '1 rejected' "$tmp/out"
check "the rejected row is named" grep -q '^first.csv,52,Ontvangen,.*,rejected$' "$s/rejections.csv"
check "no value is said or lies in the store's folder" sh -c "! grep -aqE \"Qzgiven|Qzfamily|Qzplace\" '$tmp/out' '$tmp/err' '$s'/*"
check "the key lies in the user's own folder" test -f "$HOME/.config/peil/register.key"
check "nobody else may read the key" sh -c "[ \$(stat -c %a '$HOME/.config/peil/register.key') = 600 ]"
check "nobody else may read the store" sh -c "[ \$(stat -c %a '$s/r.db') = 600 ]"
intake "$tmp/first.csv" --store "$s/r.db" --rejections "$s/rejections.csv" >"$tmp/out"; check_code "the same delivery again succeeds" 0 $?
check "and changes nothing" grep -q 'taken in before' "$tmp/out"

intake "$tmp/none.csv" --store "$s/r.db" --rejections "$s/x.csv" 2>/dev/null; check_code "no such delivery" 66 $?
"$peil" intake "$tmp/none.yaml" "$tmp/first.csv" --store "$s/r.db" --rejections "$s/x.csv" 2>/dev/null; check_code "no such source" 66 $?
intake "$tmp/first.csv" --store "$s/r.db" 2>/dev/null; check_code "the rejection file must be named" 64 $?
echo 'a;b' >"$tmp/wrong.csv"
intake "$tmp/wrong.csv" --store "$s/r.db" --rejections "$s/x.csv" 2>/dev/null; check_code "wrong columns" 65 $?
echo 'source: x' >"$tmp/bad.yaml"
"$peil" intake "$tmp/bad.yaml" "$tmp/first.csv" --store "$s/r.db" --rejections "$s/x.csv" 2>/dev/null; check_code "a bad source" 78 $?
intake "$tmp/first.csv" --store "$tmp/fresh.db" --rejections "$s/x.csv" --key "$tmp/other.key" >/dev/null; check_code "a key of one's own" 0 $?
intake "$tmp/first.csv" --store "$s/r.db" --rejections "$s/x.csv" --key "$tmp/other.key" 2>/dev/null; check_code "the key of another store" 77 $?
intake "$tmp/first.csv" --store "$s/r.db" --rejections "$s/x.csv" --key "$tmp/no.key" 2>/dev/null; check_code "a lost key is not replaced" 66 $?
check "and none is made" test ! -e "$tmp/no.key"

# a field of 2 GB (under a sanitizer, which has no limit to keep, of 256 MB): refused, the rows around it kept, without taking memory for it
{ echo "$header"; rows 1 1 betrokkene; printf '2;2018-03-04;betrokkene;;"'; } >"$tmp/huge.csv"
size=$(draws 2147483648)
truncate -s $size "$tmp/huge.csv"
{ printf '";;;;;;;;;;;;;;\n'; rows 3 3 betrokkene; } >>"$tmp/huge.csv"
limit=unlimited
(ulimit -d 262144 && "$peil" version) >/dev/null 2>&1 && limit=262144 # the sanitizers need more than this to start
(ulimit -d $limit; timeout 120 "$peil" intake "$source" "$tmp/huge.csv" --store "$tmp/huge.db" --rejections "$tmp/huge.rej") >"$tmp/out" 2>&1
check_code "a field of 2 GB is refused alone" 0 $?
check "the rows around it are kept" grep -q '2 kept' "$tmp/out"
check "it is named" grep -q "^huge.csv,3,column 5,a field of $(echo $size | cut -c1-4).* bytes,at most 65536 are read,rejected" "$tmp/huge.rej"
rm -f "$tmp/huge.csv"

# kill -9 at any moment: the store is as before or as after
key="$HOME/.config/peil/register.key"
{ echo "$header"; rows 1 20 ingetrokken; rows 60 8000 betrokkene; rows 8001 8500 geweigerd; } >"$tmp/second.csv"
before=$("$state" "$s/r.db" "$key")
cp -r "$s" "$tmp/whole"
begin=$(date +%s%N)
intake "$tmp/second.csv" --store "$tmp/whole/r.db" --rejections "$tmp/whole/x.csv" >/dev/null; check_code "the second delivery is taken in" 0 $?
span=$((($(date +%s%N) - begin) / 1000000))
after=$("$state" "$tmp/whole/r.db" "$key")
check "what the first left" test "$before" = "kept=40 counted=10 audit=2"
check "what the second leaves" test "$after" = "kept=7961 counted=530 audit=3"
torn=0 olds=0 news=0 i=0
kills=$(draws 20) # the last fifth after it should have ended
while [ $i -lt $kills ]; do
    rm -rf "$tmp/killed"
    cp -r "$s" "$tmp/killed"
    moment=$((span * i * 5 / (4 * kills) + 1))
    timeout -s KILL "$((moment / 1000)).$(printf %03d $((moment % 1000)))" "$peil" intake "$source" "$tmp/second.csv" --store "$tmp/killed/r.db" --rejections "$tmp/killed/x.csv" >/dev/null 2>&1
    grep -aqE 'Qzgiven|Qzfamily|Qzplace' "$tmp/killed"/* && torn=$((torn + 1))
    now=$("$state" "$tmp/killed/r.db" "$key")
    case $now in "$before") olds=$((olds + 1)) ;; "$after") news=$((news + 1)) ;; *) torn=$((torn + 1)); echo "# $now" ;; esac
    i=$((i + 1))
done
check "killed $i times: $olds as before, $news as after, none between" test $torn -eq 0
check "some were killed before the end" test $olds -gt 0
intake "$tmp/second.csv" --store "$tmp/killed/r.db" --rejections "$tmp/killed/x.csv" >/dev/null; check_code "and the delivery can be taken in again" 0 $?
check "with the same result" test "$("$state" "$tmp/killed/r.db" "$key")" = "$after"

# killed while store and key are made
torn=0 i=0
kills=$(draws 10)
while [ $i -lt $kills ]; do
    rm -rf "$tmp/new"
    mkdir "$tmp/new"
    timeout -s KILL "0.$(printf %03d $((i * 40 / kills + 1)))" "$peil" intake "$source" "$tmp/first.csv" --store "$tmp/new/r.db" --rejections "$tmp/new/x.csv" --key "$tmp/new/key" >/dev/null 2>&1
    intake "$tmp/first.csv" --store "$tmp/new/r.db" --rejections "$tmp/new/x.csv" --key "$tmp/new/key" >"$tmp/out" 2>&1
    [ "$("$state" "$tmp/new/r.db" "$tmp/new/key")" = "$before" ] || { torn=$((torn + 1)); cat "$tmp/out"; }
    i=$((i + 1))
done
check "killed $i times while the store is made: the next intake succeeds" test $torn -eq 0

# two at once: one after the other, nothing lost
rm -rf "$tmp/two"
cp -r "$s" "$tmp/two"
sed 's/^N/M/' "$tmp/second.csv" >"$tmp/third.csv"
intake "$tmp/second.csv" --store "$tmp/two/r.db" --rejections "$tmp/two/x.csv" >/dev/null 2>&1 &
intake "$tmp/third.csv" --store "$tmp/two/r.db" --rejections "$tmp/two/y.csv" >/dev/null 2>&1; check_code "two at once: the one" 0 $?
wait $!; check_code "two at once: the other" 0 $?
check "both are in" test "$("$state" "$tmp/two/r.db" "$key")" = "kept=15902 counted=1050 audit=4"
finish
