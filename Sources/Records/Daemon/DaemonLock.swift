import Basics
package import Foundation
internal import Glibc
internal import Journal

/// The lock that makes this process the one daemon on a state folder: released with the last reference to it, or with
/// the process.
package struct DaemonLock: Sendable {
    fileprivate let hold: FileLock.Hold

    /// The holder, as written in `daemon.lock`.
    package struct Holder: Hashable, Sendable, Codable, CustomStringConvertible {
        package let pid: Int32
        package let host: String
        package let since: String

        package var description: String { "process \(pid) on \(host), since \(since)" }
    }

    /// Whether that process is alive on this machine and holds a lock: after a crash another process may have its
    /// number.
    package static func isHeld(by pid: Int32) -> Bool {
        guard pid > 0, kill(pid, 0) == 0 || errno == EPERM else { return false }
        // The list is read in pieces, and a lock released meanwhile can hide one: a single read may miss it.
        return (0..<5).contains { _ in isListed(pid) }
    }

    private static func isListed(_ pid: Int32) -> Bool {
        // proc_locks(5): one lock a line, `1: FLOCK  ADVISORY  WRITE 14863 fe:00:16220250 0 EOF`.
        guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return true }
        return locks.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.count > 4 && words[1] == "FLOCK" && words[4] == "\(pid)"
        }
    }

    /// Another daemon holds the lock.
    package struct Held: Error, Hashable, Sendable, CustomStringConvertible {
        package let path: String
        /// Nil if the other daemon has not signed it yet.
        package let holder: Holder?

        package var description: String {
            "another fortnightd is running on \(path)" + (holder.map { ": \($0)" } ?? "")
                + "; stop it, or give this one a state folder of its own"
        }
    }
}

extension StateFolder {
    private var daemonLock: FileLock { FileLock(at: path + "/daemon.lock", permissions: 0o640, disk: disk) }

    /// Takes the daemon lock. Throws ``DaemonLock/Held`` if another daemon has it.
    package func holdDaemonLock(at now: Date) throws -> DaemonLock {
        guard let hold = try daemonLock.tryHold() else {
            throw DaemonLock.Held(path: path, holder: try signer())
        }
        let holder = DaemonLock.Holder(pid: getpid(), host: ProcessInfo.processInfo.hostName, since: now.stamp)
        do {
            try hold.sign(String(decoding: try JSONEncoder().encode(holder), as: UTF8.self) + "\n")
        } catch let fault as DiskFault where fault.isFull {
            // The lock holds without a signature, and a full disk must not stop the daemon from serving its pages.
        }
        return DaemonLock(hold: hold)
    }

    /// The daemon that runs here, as far as can be seen without taking its lock, which would keep one from starting:
    /// the last signer, if its process is alive. Nil if there is none, or it runs on another machine.
    package func runningDaemon() throws -> DaemonLock.Holder? {
        guard let holder = try signer(), holder.host == ProcessInfo.processInfo.hostName else { return nil }
        return DaemonLock.isHeld(by: holder.pid) ? holder : nil
    }

    private func signer() throws -> DaemonLock.Holder? {
        guard let text = try daemonLock.signature() else { return nil }
        return try? JSONDecoder().decode(DaemonLock.Holder.self, from: Data(text.utf8))
    }
}
