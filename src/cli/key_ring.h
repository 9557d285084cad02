/* The linkage units of this user: a folder with their keys, so that what was sealed for one of them opens without naming it. */
#ifndef PEIL_CLI_KEY_RING_H
#define PEIL_CLI_KEY_RING_H

#include "base/arena.h"

/* $PEIL_KEYS, else $XDG_DATA_HOME/peil/keys, else $HOME/.local/share/peil/keys; NULL: none of them is set. */
status cli_key_ring(arena *a, const char **folder);

/* What --unit says, else the ring when there is one, else NULL. */
status cli_key_unit(arena *a, const char *given, const char **unit);

#endif
