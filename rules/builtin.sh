#!/bin/sh
# Writes rules/builtin.c: every rule file given, as a C string.
#     sh rules/builtin.sh FILE.sql... > builtin.c
set -e
echo '/* Made by rules/builtin.sh from the files of rules/; edit those. */'
echo '#include "verdict/builtin.h"'
echo
echo 'const struct rule_builtin rules_builtin[] = {'
for file in "$@"; do
    name=${file##*/}
    printf '    { "%s",\n' "${name%.sql}"
    LC_ALL=C sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/?/\\?/g' \
        -e 's/^/      "/' -e 's/$/\\n"/' "$file"
    echo '    },'
done
echo '    { 0 },'
echo '};'
