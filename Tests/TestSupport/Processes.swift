import Foundation

/// Programs that left our process tree, such as daemons.
enum Processes {
    /// Asks it to end, and makes it end where it does not within ten seconds; with `group`, all of its group.
    static func end(_ processID: Int32, group: Bool) async {
        if group { kill(-processID, SIGTERM) }
        kill(processID, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(10)
        while isRunning(processID) {
            if ContinuousClock.now > deadline { kill(group ? -processID : processID, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// A process that has ended may be listed until the system's first process takes note of it, in containers for a
    /// minute: it is in state Z then (proc(5)).
    private static func isRunning(_ processID: Int32) -> Bool {
        guard kill(processID, 0) == 0 else { return false }
        let status = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
        let state = status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first
        return state != "Z" && state != "X"
    }
}
