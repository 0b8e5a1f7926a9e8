/*
 * Stands for slow storage: adds a delay to every open, stat, list and read of something below one folder, each call for
 * itself, so that calls in flight together wait together. `latency.ts` builds and loads it (LD_PRELOAD).
 *
 *   LATENCY_ROOT           the folder, absolute and without symbolic links
 *   LATENCY_MICROSECONDS   the delay; 0 only counts
 *   LATENCY_COUNTS         the file that says in the end, as JSON, how many calls of each kind were delayed
 *
 * As a network file system would have it: an open brings the attributes, so an fstat of what is open costs nothing, nor does
 * a close; a folder is listed at once, so its list costs one delay, where it is opened. A realpath is one stat.
 *
 * It stands before the C library's functions, for those are what libuv calls: open64, scandir64, opendir, read, pread64,
 * readv and their like; access, readlink and realpath; statx by syscall(2).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { OPEN, STAT, LIST, READ, KINDS };
/* Descriptors beyond are not known to lie below the folder. */
enum { DESCRIPTORS = 1 << 16 };

static const char *const names[KINDS] = {"open", "stat", "list", "read"};
static atomic_long counts[KINDS];
static atomic_char is_below[DESCRIPTORS];
static char root[PATH_MAX];
static size_t root_length;
static struct timespec delay;
static char counts_file[PATH_MAX];

static void refuse(const char *why) {
  dprintf(STDERR_FILENO, "latency: %s\n", why);
  _exit(99);
}

__attribute__((constructor)) static void begin(void) {
  const char *given_root = getenv("LATENCY_ROOT");
  const char *given_delay = getenv("LATENCY_MICROSECONDS");
  const char *given_counts = getenv("LATENCY_COUNTS");
  if (given_root == NULL || given_delay == NULL || given_counts == NULL) {
    refuse("LATENCY_ROOT, LATENCY_MICROSECONDS and LATENCY_COUNTS must be set");
  }
  if (given_root[0] != '/' || strlen(given_root) >= sizeof root) refuse("LATENCY_ROOT must be an absolute path");
  if (strlen(given_counts) >= sizeof counts_file) refuse("LATENCY_COUNTS is too long");
  strcpy(counts_file, given_counts);
  long microseconds = atol(given_delay);
  delay = (struct timespec){.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
  strcpy(root, given_root);
  root_length = strlen(root);
  /* The kernel may wake a thread 50 µs late, to save power; threads made from here on have this from the first one. */
  prctl(PR_SET_TIMERSLACK, 1);
  /* A child would write its own counts in the place of ours. */
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  FILE *file = fopen(counts_file, "w");
  if (file == NULL) refuse("LATENCY_COUNTS cannot be written");
  for (int kind = 0; kind < KINDS; kind++) {
    fprintf(file, "%s\"%s\":%ld", kind == 0 ? "{" : ",", names[kind], atomic_load(&counts[kind]));
  }
  fprintf(file, "}\n");
  fclose(file);
}

static void wait_for(enum kind kind) {
  int before = errno;
  atomic_fetch_add(&counts[kind], 1);
  struct timespec left = delay;
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) continue;
  errno = before;
}

static int is_open_below(int file) {
  return file >= 0 && file < DESCRIPTORS && atomic_load_explicit(&is_below[file], memory_order_relaxed);
}

static int is_inside(const char *path) {
  if (root_length == 0 || strncmp(path, root, root_length) != 0) return 0;
  return path[root_length] == '\0' || path[root_length] == '/';
}

/* A relative path lies where its folder lies. An empty one means the descriptor itself: an fstat. */
static int is_entry_below(int at, const char *path) {
  if (path == NULL || path[0] == '\0') return 0;
  if (path[0] == '/') return is_inside(path);
  if (at != AT_FDCWD) return is_open_below(at);
  int before = errno;
  char folder[PATH_MAX];
  int inside = getcwd(folder, sizeof folder) != NULL && is_inside(folder);
  errno = before;
  return inside;
}

static void wait_for_entry(enum kind kind, int at, const char *path) {
  if (is_entry_below(at, path)) wait_for(kind);
}

/* The C library's own function of that name. */
#define REAL(name)                                            \
  static __typeof__(&name) real;                              \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* Opens. Whoever opens a folder lists it. */

static int note_open(int file, int below) {
  if (file >= 0 && file < DESCRIPTORS) atomic_store_explicit(&is_below[file], (char)below, memory_order_relaxed);
  return file;
}

#define OPEN_LIKE(name, at, given, passed)                                        \
  int name given {                                                                \
    REAL(name);                                                                   \
    mode_t bits = 0;                                                              \
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                   \
      va_list rest;                                                               \
      va_start(rest, flags);                                                      \
      bits = va_arg(rest, mode_t);                                                \
      va_end(rest);                                                               \
    }                                                                             \
    int below = is_entry_below(at, path);                                         \
    if (below) wait_for((flags & O_DIRECTORY) != 0 ? LIST : OPEN);                \
    return note_open(real passed, below);                                         \
  }

OPEN_LIKE(open, AT_FDCWD, (const char *path, int flags, ...), (path, flags, bits))
OPEN_LIKE(open64, AT_FDCWD, (const char *path, int flags, ...), (path, flags, bits))
OPEN_LIKE(openat, at, (int at, const char *path, int flags, ...), (at, path, flags, bits))
OPEN_LIKE(openat64, at, (int at, const char *path, int flags, ...), (at, path, flags, bits))

int close(int file) {
  REAL(close);
  note_open(file, 0);
  return real(file);
}

/* Lists. The C library opens the folder inside of itself. */

DIR *opendir(const char *path) {
  REAL(opendir);
  wait_for_entry(LIST, AT_FDCWD, path);
  return real(path);
}

#define SCANDIR_LIKE(name, entry)                                                                            \
  int name(const char *path, struct entry ***found, int (*choose)(const struct entry *),                     \
           int (*compare)(const struct entry **, const struct entry **)) {                                   \
    REAL(name);                                                                                              \
    wait_for_entry(LIST, AT_FDCWD, path);                                                                    \
    return real(path, found, choose, compare);                                                               \
  }

SCANDIR_LIKE(scandir, dirent)
SCANDIR_LIKE(scandir64, dirent64)

/* What asks for the state of an entry. */

#define STAT_LIKE(type, name, at, given, passed) \
  type name given {                              \
    REAL(name);                                  \
    wait_for_entry(STAT, at, path);              \
    return real passed;                          \
  }

STAT_LIKE(int, stat, AT_FDCWD, (const char *path, struct stat *state), (path, state))
STAT_LIKE(int, stat64, AT_FDCWD, (const char *path, struct stat64 *state), (path, state))
STAT_LIKE(int, lstat, AT_FDCWD, (const char *path, struct stat *state), (path, state))
STAT_LIKE(int, lstat64, AT_FDCWD, (const char *path, struct stat64 *state), (path, state))
STAT_LIKE(int, fstatat, at, (int at, const char *path, struct stat *state, int flags), (at, path, state, flags))
STAT_LIKE(int, fstatat64, at, (int at, const char *path, struct stat64 *state, int flags), (at, path, state, flags))
STAT_LIKE(int, statx, at, (int at, const char *path, int flags, unsigned int mask, struct statx *state),
          (at, path, flags, mask, state))
STAT_LIKE(int, access, AT_FDCWD, (const char *path, int mode), (path, mode))
STAT_LIKE(int, faccessat, at, (int at, const char *path, int mode, int flags), (at, path, mode, flags))
STAT_LIKE(ssize_t, readlink, AT_FDCWD, (const char *path, char *target, size_t size), (path, target, size))
STAT_LIKE(ssize_t, readlinkat, at, (int at, const char *path, char *target, size_t size), (at, path, target, size))
STAT_LIKE(char *, realpath, AT_FDCWD, (const char *path, char *resolved), (path, resolved))

/* Before version 2.33 the C library had stat and its like under these names alone, and Node is built for older ones. */
int __xstat64(int version, const char *path, struct stat64 *state);
int __lxstat64(int version, const char *path, struct stat64 *state);
STAT_LIKE(int, __xstat64, AT_FDCWD, (int version, const char *path, struct stat64 *state), (version, path, state))
STAT_LIKE(int, __lxstat64, AT_FDCWD, (int version, const char *path, struct stat64 *state), (version, path, state))

/* Six words are what any system call takes, and reading more than were given does no harm in the ABIs of Linux. */
long syscall(long number, ...) {
  REAL(syscall);
  long a[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_statx) wait_for_entry(STAT, (int)a[0], (const char *)a[1]);
  if (number == SYS_close) note_open((int)a[0], 0);
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Reads of what was opened below the folder. */

#define READ_LIKE(name, given, passed)        \
  ssize_t name given {                        \
    REAL(name);                               \
    if (is_open_below(file)) wait_for(READ);  \
    return real passed;                       \
  }

READ_LIKE(read, (int file, void *bytes, size_t size), (file, bytes, size))
READ_LIKE(pread, (int file, void *bytes, size_t size, off_t at), (file, bytes, size, at))
READ_LIKE(pread64, (int file, void *bytes, size_t size, off64_t at), (file, bytes, size, at))
READ_LIKE(readv, (int file, const struct iovec *parts, int count), (file, parts, count))
READ_LIKE(preadv, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at))
READ_LIKE(preadv64, (int file, const struct iovec *parts, int count, off64_t at), (file, parts, count, at))
