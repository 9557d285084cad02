/* Files: read by mapping, written whole or not at all. */
#ifndef PEIL_BASE_FILE_H
#define PEIL_BASE_FILE_H

#include "base/text.h"

/* Map a regular file read-only until the arena ends; an empty file gives the empty text.
 * Errors  ST_NOT_FOUND, ST_IO (a folder, a pipe, no permission), ST_NO_MEMORY */
status file_map(arena *a, const char *path, text *out);

/* Write to a temporary neighbour, fsync, rename over `path`, fsync the folder: a reader sees the old file or
 * the new one. Never for identities: the neighbour is an ordinary file. */
status file_write(const char *path, text content);

/* Write a key: a new file of this mode (0600 for secrets), fsynced; an existing file is never overwritten (ST_BUSY). Another process
 * finds the whole file or none. */
status file_write_new(const char *path, text content, int mode);

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

bool file_exists(const char *path);

/* folder/name into the arena; NULL when there is no memory. */
char *path_join(arena *a, const char *folder, const char *name);

/* Names in a folder, sorted by bytes, without . and .. */
status folder_list(arena *a, const char *path, size_t *n, char ***names);

#endif
