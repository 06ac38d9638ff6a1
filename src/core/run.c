/* run.c -- see run.h. */
#include "core/run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>

extern char **environ;

static int open_streams(posix_spawn_file_actions_t *actions, const char *in, const char *out) {
    const char *null = "/dev/null";
    int failed = posix_spawn_file_actions_addopen(actions, 0, in ? in : null, O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(actions, 1, out ? out : null,
                                                  O_WRONLY | O_CREAT | O_TRUNC, 0600);
    return failed ? failed : posix_spawn_file_actions_addopen(actions, 2, null, O_WRONLY, 0);
}

int hone_run(char *const *arguments, const char *folder, const char *in, const char *out) {
    posix_spawn_file_actions_t actions;
    pid_t child;
    int ended = 0, failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return -1;
    if (folder)
        failed = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!failed)
        failed = open_streams(&actions, in, out);
    if (!failed)
        failed = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return failed == ENOENT ? 127 : -1;
    while (waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}
