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
done
finish
