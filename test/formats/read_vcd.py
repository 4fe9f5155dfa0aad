"""A value change dump on standard input, read by pyvcd, as JSON."""

import json
import sys

from vcd.reader import TokenKind, tokenize

scopes, variables, changes, time, timescale = [], [], [], None, None
for token in tokenize(sys.stdin.buffer):
    kind = token.kind
    if kind is TokenKind.SCOPE:
        scopes.append(token.scope.ident)
    elif kind is TokenKind.UPSCOPE:
        scopes.pop()
    elif kind is TokenKind.TIMESCALE:
        timescale = str(token.timescale)
    elif kind is TokenKind.VAR:
        var = token.var
        variables.append(
            {
                "scope": "/".join(scopes),
                "name": var.reference,
                "type": var.type_.value,
                "bits": var.size,
                "code": var.id_code,
            }
        )
    elif kind is TokenKind.CHANGE_TIME:
        time = token.time_change
    elif kind in (
        TokenKind.CHANGE_SCALAR,
        TokenKind.CHANGE_REAL,
        TokenKind.CHANGE_STRING,
    ):
        changes.append([time, token.data.id_code, token.data.value])
json.dump(
    {"timescale": timescale, "variables": variables, "changes": changes, "end": time},
    sys.stdout,
)
