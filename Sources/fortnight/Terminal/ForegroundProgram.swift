import Foundation
import Glibc

/// A program that takes over the terminal until it ends: an editor, a pager.
enum ForegroundProgram {
    /// Runs `script` in the shell, with `path` as `$1`. Returns its status as `waitpid` has it: 0 for success.
    static func run(_ script: String, _ path: String) throws -> Int32 {
        // Foundation's Process would give the child its own process group, which may not read the terminal.
        var process = pid_t()
        let words = ["sh", "-c", script, "sh", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // While the program has the terminal, an interrupt is meant for the program.
        let interrupt = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, interrupt) }
        var attributes = posix_spawnattr_t()
        var defaults = sigset_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let failure = posix_spawn(&process, "/bin/sh", nil, &attributes, &arguments, environ)
        guard failure == 0 else {
            throw CommandFailure("/bin/sh did not start: \(String(cString: strerror(failure)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw CommandFailure("the program on this terminal was lost") }
        }
        return status
    }
}
