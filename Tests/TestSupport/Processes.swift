import Foundation

/// Programs that have left our process tree, such as daemons.
enum Processes {
    /// Asks it to end, and kills it after ten seconds; with `group`, its whole group.
    static func end(_ processID: Int32, group: Bool) async {
        if group { kill(-processID, SIGTERM) }
        kill(processID, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(10)
        while isRunning(processID) {
            if ContinuousClock.now > deadline { kill(group ? -processID : processID, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// An ended process may stay listed until the system's first process reaps it, in containers for a minute: it is
    /// then in state Z (proc(5)).
    private static func isRunning(_ processID: Int32) -> Bool {
        guard kill(processID, 0) == 0 else { return false }
        let status = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
        let state = status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first
        return state != "Z" && state != "X"
    }
}
