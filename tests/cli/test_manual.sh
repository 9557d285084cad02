#!/bin/sh
# Manual pages, completion and exit codes come from the tables, and are right.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"

"$peil" manual --out "$tmp/man"; check_code "all pages are written" 0 $?
for verb in $("$peil" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    page="$tmp/man/peil-$verb.1"
    check "the page of $verb has an example" grep -q '^.SH EXAMPLE' "$page"
    for option in $("$peil" "$verb" --help | sed -n 's/^ *\(-[?a-zA-Z], \)\{0,1\}--\([a-z-]*\).*/\2/p' | grep -vE '^(help|usage)$'); do
        escaped=$(echo "$option" | sed 's/-/\\\\-/g')
        check "the page of $verb explains --$option" grep -q "^\.B .*-$escaped\(\\\\\|\$\)" "$page"
    done
    if command -v man >/dev/null && [ -x /usr/bin/man ]; then
        LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" >"$tmp/page" 2>"$tmp/warnings"
        check "man has nothing against the page of $verb" test ! -s "$tmp/warnings"
    else
        skip "man reads the page of $verb" "man is not installed"
    fi
done
"$peil" manual nonsense >/dev/null 2>&1; check_code "no such page is wrong use" 64 $?

"$peil" manual --completion >"$tmp/peil.bash"; check_code "completion is printed" 0 $?
if command -v bash >/dev/null; then
    check "bash reads the completion" bash -n "$tmp/peil.bash"
    complete() { # words...: what bash would offer for the last one
        bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _peil; printf "%s\n" "${COMPREPLY[@]}"' bash "$tmp/peil.bash" "$@"
    }
    check "a verb is completed" sh -c "[ '$(complete peil manu)' = manual ]"
    check "an option is completed" sh -c "[ '$(complete peil manual --ex)' = --exit-codes ]"
else
    skip "bash reads the completion" "bash is not installed"
fi

"$peil" manual --exit-codes >"$tmp/exit-codes.md"
check "docs/exit-codes.md is what the program prints" diff -u "$PEIL_SOURCE/docs/exit-codes.md" "$tmp/exit-codes.md"
check "no exit code stands for two things" sh -c "[ -z \"\$(sed -n 's/^| \([0-9]*\) .*/\1/p' '$tmp/exit-codes.md' | sort | uniq -d)\" ]"
finish
