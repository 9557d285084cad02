/* Files: read by mapping, written whole or not at all. */
#ifndef PEIL_BASE_FILE_H
#define PEIL_BASE_FILE_H

#include "base/text.h"

#include <stdio.h>

/* What an errno of a file says, and how to mend it. */
const char *file_error(int error);

/* Map a regular file read-only until the arena ends; an empty file gives the empty text.
 * Errors  ST_NOT_FOUND, ST_IO (a folder, a pipe, no permission), ST_NO_MEMORY */
status file_map(arena *a, const char *path, text *out);

/* Write, fsync, rename over `path`, fsync the folder: a reader sees the old file or the new one. Until it is whole it has no name, and
 * nothing stays of it when the process is killed; on file systems without such files a neighbour PATH.PID.part stays then. */
status file_write(const char *path, text content);

/* The same for what `fill` writes. Devices and pipes are written into. */
typedef status file_fill(void *context, FILE *to);
status file_write_by(const char *path, file_fill *fill, void *context);

/* Write a key: a new file of this mode (0600 for secrets), fsynced; an existing file is never overwritten (ST_BUSY). Another process
 * finds the whole file or none. */
status file_write_new(const char *path, text content, int mode);

/* ST_DENIED when others than its owner may read or write a key. */
status file_check_secret(const char *path);

/* Overwrite a file with zeros, fsync, remove it: what it held is gone as far as the file system lets us (copies, snapshots and the spare
 * blocks of a disk are out of reach). A link is not followed.
 * Errors  ST_NOT_FOUND, ST_IO (not an ordinary file, no permission) */
status file_destroy(const char *path);

/* Write plainly, for one of many files in a folder nobody reads yet: folder_sync it, then rename the folder into its place. */
status file_put(const char *path, text content);
/* Everything written to the folder's file system so far is on the disk. */
status folder_sync(const char *path);

/* Create a folder and its parents (mode 0777 less umask); an existing folder is fine. */
status folder_make(const char *path);
/* The same for keys: a folder that was not there is for its owner alone. */
status folder_make_private(const char *path);

bool file_exists(const char *path);
bool file_same(const char *a, const char *b); /* one file, under whatever names? */

/* folder/name into the arena; NULL when there is no memory. */
char *path_join(arena *a, const char *folder, const char *name);

/* Names in a folder, sorted by bytes, without . and .. */
status folder_list(arena *a, const char *path, size_t *n, char ***names);

#endif
