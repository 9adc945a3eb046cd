// Preloaded into our programs by a rehearsal: the clock on the wall says what the file named by STILL_CLOCK says,
// in seconds since 1970, read anew each time. Whatever measures how long things take is left alone.
#define _GNU_SOURCE
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static long still_seconds(void)
{
    const char *path = getenv("STILL_CLOCK");
    if (!path) return -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    char digits[32] = {0};
    ssize_t length = read(file, digits, sizeof digits - 1);
    close(file);
    return length > 0 ? atol(digits) : -1;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    long seconds = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ? still_seconds() : -1;
    if (seconds < 0) return (int)syscall(SYS_clock_gettime, clock, time);
    time->tv_sec = seconds;
    time->tv_nsec = 0;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    (void)zone;
    struct timespec now;
    int status = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return status;
}

time_t time(time_t *result)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

// A timer that is to tell when the clock is set (TFD_TIMER_CANCEL_ON_SET) tells when the file is written: in its place
// stands a watch of the file's folder.
int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old)
{
    static int watching = -1;
    const char *path = getenv("STILL_CLOCK");
    if (!path || !(flags & TFD_TIMER_CANCEL_ON_SET))
        return (int)syscall(SYS_timerfd_settime, timer, flags, new, old);
    if (watching == timer) {
        char events[4096];
        while (read(timer, events, sizeof events) > 0) {
        }
        return 0;
    }
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch < 0 || inotify_add_watch(watch, dirname(folder), IN_MOVED_TO | IN_CLOSE_WRITE) < 0) return -1;
    dup3(watch, timer, O_CLOEXEC);
    close(watch);
    watching = timer;
    return 0;
}
