// Reference loops for kioskd-bench: what plain C reaches on the same machine in the same run.
#ifndef KIOSKD_REFERENCE_H
#define KIOSKD_REFERENCE_H

// Makes a file of so many zeros, flushed with its metadata. Returns its descriptor, or -1 and
// errno.
int kioskd_reference_preallocate(const char *path, long long file_bytes);

// Writes `count` groups of `group_bytes`, each with one pwrite and one fdatasync, from `*offset`
// on, and begins again at the start of the file where the next group would not fit.
// `nanoseconds`, unless it is NULL, gets the time of each group.
// Returns the nanoseconds of all, or -1 and errno.
long long kioskd_reference_append(int fd, const unsigned char *group, long long group_bytes,
                                  long long count, long long file_bytes, long long *offset,
                                  long long *nanoseconds);

// f_type of statfs(2), which Glibc's module map does not import; 0 when it cannot be told.
long kioskd_reference_file_system(const char *path);
#endif
