/*
 * Counts, kills at, or fails the destructive system calls that one process makes below one folder. `../faults.ts` builds
 * and loads it (LD_PRELOAD) and says what the environment means.
 *
 * It stands in front of the C library's functions, since Node (libuv), SQLite and libstdc++ call those. Seen with strace
 * on Node 20 (libuv 1.46): each fs.*Sync that writes is one such function, but for copy_file_range, which libuv asks of
 * syscall(2). Node leaves io_uring unused; `faults.ts` turns it off all the same, for no call can be seen in there.
 * What the C library does inside itself (fopen's open, say) does not pass here: neither Node's fs nor SQLite uses it to
 * write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { COUNT, KILL_BEFORE, KILL_AFTER, FAIL_ONCE, FAIL_FROM };
enum verdict { CARRY_OUT, FAIL, DIE_AFTER };

static char folder[PATH_MAX];
static size_t folder_length;
static enum mode mode;
static long fault_at;
static int fault_errno;
static int log_fd = -1;
static atomic_long calls;

/* The C library's own function of that name, found when it is first needed: other libraries may call before begin(). */
#define REAL(name)                                            \
  static __typeof__(&name) real;                              \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void refuse(const char *why) {
  dprintf(STDERR_FILENO, "faults: %s\n", why);
  _exit(99);
}

static enum mode mode_of(const char *name) {
  static const char *const names[] = {"count", "kill-before", "kill-after", "fail-once", "fail-from"};
  for (int i = 0; i < 5; i++) {
    if (name != NULL && strcmp(name, names[i]) == 0) return (enum mode)i;
  }
  refuse("FAULTS_MODE is none that is known");
  return COUNT;
}

__attribute__((constructor)) static void begin(void) {
  const char *given = getenv("FAULTS_FOLDER");
  const char *log_path = getenv("FAULTS_LOG");
  if (given == NULL || log_path == NULL) refuse("FAULTS_FOLDER and FAULTS_LOG must be set");
  if (realpath(given, folder) == NULL) refuse("FAULTS_FOLDER does not exist");
  folder_length = strlen(folder);
  mode = mode_of(getenv("FAULTS_MODE"));
  if (mode != COUNT) {
    const char *at = getenv("FAULTS_AT");
    const char *number = getenv("FAULTS_ERRNO");
    fault_at = at == NULL ? 0 : atol(at);
    fault_errno = number == NULL ? 0 : atoi(number);
    if (fault_at < 1) refuse("FAULTS_AT must be a number from 1");
    if ((mode == FAIL_ONCE || mode == FAIL_FROM) && fault_errno < 1) refuse("FAULTS_ERRNO must be a number from 1");
  }
  /* By its number, so that the descriptors which the program itself gets are the ones that it gets without us. */
  long opened = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  log_fd = opened < 0 ? -1 : fcntl((int)opened, F_DUPFD_CLOEXEC, 500);
  if (log_fd < 0) refuse("FAULTS_LOG cannot be written");
  syscall(SYS_close, opened);
  /* A child would count from 1 again, into the same log. */
  unsetenv("LD_PRELOAD");
}

/* Whether an absolute path is the folder or below it. */
static int is_inside(const char *path) {
  if (folder_length == 0 || strncmp(path, folder, folder_length) != 0) return 0;
  return path[folder_length] == '\0' || path[folder_length] == '/';
}

static int path_of_fd(int fd, char out[PATH_MAX]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, out, PATH_MAX - 1);
  if (length < 0) return 0;
  out[length] = '\0';
  return 1;
}

/* The absolute path of an entry: its folder with symbolic links resolved where it exists, its last name as it is. */
static int path_of_entry(int at, const char *path, char out[PATH_MAX]) {
  char whole[PATH_MAX];
  char base[PATH_MAX] = "";
  if (path == NULL) return path_of_fd(at, out);
  if (path[0] != '/') {
    if (at == AT_FDCWD ? getcwd(base, sizeof base) == NULL : !path_of_fd(at, base)) return 0;
  }
  int length = snprintf(whole, sizeof whole, "%s%s%s", base, base[0] == '\0' ? "" : "/", path);
  if (length < 0 || length >= PATH_MAX) return 0;
  while (length > 1 && whole[length - 1] == '/') whole[--length] = '\0';
  char *slash = strrchr(whole, '/');
  if (slash == NULL || slash == whole) return snprintf(out, PATH_MAX, "%s", whole) < PATH_MAX;
  char real_parent[PATH_MAX];
  *slash = '\0';
  const char *parent = realpath(whole, real_parent) == NULL ? whole : real_parent;
  return snprintf(out, PATH_MAX, "%s/%s", parent, slash + 1) < PATH_MAX;
}

static size_t add_escaped(char *line, size_t used, size_t size, const char *text) {
  for (; *text != '\0' && used + 5 < size; text++) {
    unsigned char c = (unsigned char)*text;
    if (c < 0x20 || c == 0x7f || c == '\\') used += (size_t)sprintf(line + used, "\\x%02x", c);
    else line[used++] = (char)c;
  }
  return used;
}

/* One line in one write, before the call: number, name, path and, where there are two, the other path. */
static void log_call(long number, const char *name, const char *path, const char *other) {
  char line[8 * PATH_MAX + 64];
  size_t used = (size_t)sprintf(line, "%ld\t%s\t", number, name);
  used = add_escaped(line, used, sizeof line - 8, path);
  if (other != NULL) {
    line[used++] = '\t';
    used = add_escaped(line, used, sizeof line - 8, other);
  }
  line[used++] = '\n';
  syscall(SYS_write, log_fd, line, used);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Counts a call, dies here or says what to do with it. Paths are absolute or NULL. Leaves errno as it was. */
static enum verdict judge(const char *name, const char *path, const char *other) {
  if (path == NULL || log_fd < 0) return CARRY_OUT;
  if (!is_inside(path) && (other == NULL || !is_inside(other))) return CARRY_OUT;
  long number = atomic_fetch_add(&calls, 1) + 1;
  log_call(number, name, path, other);
  if (mode == KILL_BEFORE && number == fault_at) die();
  if (mode == KILL_AFTER && number == fault_at) return DIE_AFTER;
  if (mode == FAIL_ONCE && number == fault_at) return FAIL;
  if (mode == FAIL_FROM && number >= fault_at) return FAIL;
  return CARRY_OUT;
}

static enum verdict judge_fd(const char *name, int fd) {
  char path[PATH_MAX];
  int before = errno;
  enum verdict verdict = path_of_fd(fd, path) ? judge(name, path, NULL) : CARRY_OUT;
  errno = before;
  return verdict;
}

static enum verdict judge_entry(const char *name, int at, const char *entry) {
  char path[PATH_MAX];
  int before = errno;
  enum verdict verdict = path_of_entry(at, entry, path) ? judge(name, path, NULL) : CARRY_OUT;
  errno = before;
  return verdict;
}

static enum verdict judge_two(const char *name, int at, const char *entry, int other_at, const char *other) {
  char path[PATH_MAX], other_path[PATH_MAX];
  int before = errno;
  enum verdict verdict = CARRY_OUT;
  if (path_of_entry(at, entry, path) && path_of_entry(other_at, other, other_path)) {
    verdict = judge(name, path, other_path);
  }
  errno = before;
  return verdict;
}

static int is_writing(int flags) {
  return (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_ACCMODE) != O_RDONLY;
}

static enum verdict judge_open(int at, const char *entry, int flags) {
  return is_writing(flags) ? judge_entry("open", at, entry) : CARRY_OUT;
}

#define OBEY(type, judged, call)    \
  do {                              \
    enum verdict word = (judged);   \
    if (word == FAIL) {             \
      errno = fault_errno;          \
      return (type)-1;              \
    }                               \
    type result = (call);           \
    if (word == DIE_AFTER) die();   \
    return result;                  \
  } while (0)

/* A function on one entry, on a descriptor, or on two entries: `given` are its parameters, `passed` their names. */
#define ON_ENTRY(name, at, entry, given, passed) \
  int name given {                               \
    REAL(name);                                  \
    OBEY(int, judge_entry(#name, at, entry), real passed); \
  }
#define ON_FD(type, name, as, fd, given, passed) \
  type name given {                              \
    REAL(name);                                  \
    OBEY(type, judge_fd(as, fd), real passed);   \
  }
#define ON_TWO(name, at, entry, other_at, other, given, passed) \
  int name given {                                              \
    REAL(name);                                                 \
    OBEY(int, judge_two(#name, at, entry, other_at, other), real passed); \
  }

ON_TWO(rename, AT_FDCWD, from, AT_FDCWD, to, (const char *from, const char *to), (from, to))
ON_TWO(renameat, at, from, to_at, to, (int at, const char *from, int to_at, const char *to), (at, from, to_at, to))
ON_TWO(renameat2, at, from, to_at, to, (int at, const char *from, int to_at, const char *to, unsigned int flags),
       (at, from, to_at, to, flags))
ON_TWO(link, AT_FDCWD, from, AT_FDCWD, to, (const char *from, const char *to), (from, to))
ON_TWO(linkat, at, from, to_at, to, (int at, const char *from, int to_at, const char *to, int flags),
       (at, from, to_at, to, flags))

ON_ENTRY(unlink, AT_FDCWD, path, (const char *path), (path))
ON_ENTRY(unlinkat, at, path, (int at, const char *path, int flags), (at, path, flags))
ON_ENTRY(rmdir, AT_FDCWD, path, (const char *path), (path))
ON_ENTRY(remove, AT_FDCWD, path, (const char *path), (path))
ON_ENTRY(mkdir, AT_FDCWD, path, (const char *path, mode_t bits), (path, bits))
ON_ENTRY(mkdirat, at, path, (int at, const char *path, mode_t bits), (at, path, bits))
ON_ENTRY(symlink, AT_FDCWD, path, (const char *target, const char *path), (target, path))
ON_ENTRY(symlinkat, at, path, (const char *target, int at, const char *path), (target, at, path))
ON_ENTRY(truncate, AT_FDCWD, path, (const char *path, off_t length), (path, length))
ON_ENTRY(truncate64, AT_FDCWD, path, (const char *path, off64_t length), (path, length))
ON_ENTRY(chmod, AT_FDCWD, path, (const char *path, mode_t bits), (path, bits))
ON_ENTRY(fchmodat, at, path, (int at, const char *path, mode_t bits, int flags), (at, path, bits, flags))
ON_ENTRY(chown, AT_FDCWD, path, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
ON_ENTRY(lchown, AT_FDCWD, path, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
ON_ENTRY(fchownat, at, path, (int at, const char *path, uid_t uid, gid_t gid, int flags), (at, path, uid, gid, flags))
ON_ENTRY(utimensat, at, path, (int at, const char *path, const struct timespec times[2], int flags),
         (at, path, times, flags))
ON_ENTRY(utimes, AT_FDCWD, path, (const char *path, const struct timeval times[2]), (path, times))

ON_FD(int, fchmod, "fchmod", fd, (int fd, mode_t bits), (fd, bits))
ON_FD(int, fchown, "fchown", fd, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
ON_FD(int, futimens, "futimens", fd, (int fd, const struct timespec times[2]), (fd, times))
ON_FD(int, fsync, "fsync", fd, (int fd), (fd))
ON_FD(int, fdatasync, "fdatasync", fd, (int fd), (fd))
ON_FD(int, ftruncate, "ftruncate", fd, (int fd, off_t length), (fd, length))
ON_FD(int, ftruncate64, "ftruncate", fd, (int fd, off64_t length), (fd, length))
ON_FD(ssize_t, write, "write", fd, (int fd, const void *bytes, size_t length), (fd, bytes, length))
ON_FD(ssize_t, pwrite, "pwrite", fd, (int fd, const void *bytes, size_t length, off_t at), (fd, bytes, length, at))
ON_FD(ssize_t, pwrite64, "pwrite", fd, (int fd, const void *bytes, size_t length, off64_t at), (fd, bytes, length, at))
ON_FD(ssize_t, writev, "writev", fd, (int fd, const struct iovec *parts, int count), (fd, parts, count))
ON_FD(ssize_t, pwritev, "pwritev", fd, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
ON_FD(ssize_t, pwritev64, "pwritev", fd, (int fd, const struct iovec *parts, int count, off64_t at),
      (fd, parts, count, at))
ON_FD(ssize_t, sendfile, "sendfile", out, (int out, int in, off_t *at, size_t length), (out, in, at, length))
ON_FD(ssize_t, sendfile64, "sendfile", out, (int out, int in, off64_t *at, size_t length), (out, in, at, length))
ON_FD(ssize_t, copy_file_range, "copy_file_range", out,
      (int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned int flags),
      (in, in_at, out, out_at, length, flags))

/* The mode is there only where a file may be made. */
#define OPEN_MODE(flags)                                    \
  mode_t bits = 0;                                          \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {             \
    va_list rest;                                           \
    va_start(rest, flags);                                  \
    bits = va_arg(rest, mode_t);                            \
    va_end(rest);                                           \
  }

int open(const char *path, int flags, ...) {
  REAL(open);
  OPEN_MODE(flags)
  OBEY(int, judge_open(AT_FDCWD, path, flags), real(path, flags, bits));
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  OPEN_MODE(flags)
  OBEY(int, judge_open(AT_FDCWD, path, flags), real(path, flags, bits));
}

int openat(int at, const char *path, int flags, ...) {
  REAL(openat);
  OPEN_MODE(flags)
  OBEY(int, judge_open(at, path, flags), real(at, path, flags, bits));
}

int openat64(int at, const char *path, int flags, ...) {
  REAL(openat64);
  OPEN_MODE(flags)
  OBEY(int, judge_open(at, path, flags), real(at, path, flags, bits));
}

int creat(const char *path, mode_t bits) {
  REAL(creat);
  OBEY(int, judge_entry("open", AT_FDCWD, path), real(path, bits));
}

char *mkdtemp(char *pattern) {
  REAL(mkdtemp);
  enum verdict said = judge_entry("mkdtemp", AT_FDCWD, pattern);
  if (said == FAIL) {
    errno = fault_errno;
    return NULL;
  }
  char *made = real(pattern);
  if (said == DIE_AFTER) die();
  return made;
}

/* Six words are what any system call takes, and reading more than were given does no harm in the ABIs of Linux. */
long syscall(long number, ...) {
  REAL(syscall);
  long a[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  enum verdict said = CARRY_OUT;
  if (number == SYS_copy_file_range) said = judge_fd("copy_file_range", (int)a[2]);
  else if (number == SYS_renameat2) {
    said = judge_two("renameat2", (int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3]);
  }
  OBEY(long, said, real(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}
