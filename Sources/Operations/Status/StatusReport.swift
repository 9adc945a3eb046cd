import Basics
import Bulletin
package import Foundation
package import Planning
package import Records
import Settings

/// The report of `fortnight status` on the daemon, the issues and disk space, as far as this account may see. It never
/// fails: anything that cannot be found out is a warning like any other.
package struct StatusReport: Sendable {
    /// The state of the daemon.
    package enum Daemon: Hashable, Sendable {
        case running(since: Date?, pid: Int32)
        /// Its process is alive, but has written nothing since.
        case silent(since: Date?, pid: Int32)
        /// Its process is alive, but its workflow has not finished a turn since.
        case stuck(since: Date?, pid: Int32)
        /// None runs here; `last` is the time of the last written status.
        case stopped(last: Date?)
        /// The state folder is shared with another machine, on which a daemon runs or ran.
        case elsewhere(host: String, last: Date?)
        case unknown(why: String)
    }

    /// Something a person should deal with.
    package struct Warning: Hashable, Sendable {
        package let what: String
        /// The command or action that deals with it.
        package let remedy: String?

        package init(_ what: String, _ remedy: String? = nil) { (self.what, self.remedy) = (what, remedy) }
    }

    package let name: String
    package let zone: TimeZone
    package let now: Date
    package private(set) var daemon = Daemon.stopped(last: nil)
    /// As the daemon last wrote it; nil if there is none, or it cannot be read.
    package private(set) var status: DaemonStatus?
    /// The coming issues and the last one; nil if they cannot be worked out.
    package private(set) var issues: Briefing?
    /// From the daemon or, if none has ever written, as far as this account may look.
    package private(set) var stores: [DaemonStatus.Store] = []
    package private(set) var room: Room?
    package private(set) var mailbox: MailboxReading
    package private(set) var warnings: [Warning] = []

    /// The longest silence of a healthy daemon.
    static let timeouts: TimeInterval = 60

    package init(_ context: PublishingContext, at now: Date) {
        (name, zone, self.now) = (context.configuration.bulletin.name, context.zone, now)
        mailbox = MailboxReading(isConfigured: context.configuration.mailbox != nil)
        guard context.folder.isMade else {
            warnings.append(
                Warning(
                    "there is no state folder at \(context.folder.path) yet",
                    "start fortnightd, or run the first command: fortnight add notice"))
            return
        }
        readStatus(context.folder)
        // Editors may not read there; the daemon's status has the figures.
        let read = (try? context.folder.mailboxReport.read()) ?? status?.mailbox
        mailbox = MailboxReading(isConfigured: mailbox.isConfigured, read)
        stores = status?.stores ?? []
        if stores.isEmpty { stores = context.folder.stores() }
        room = context.folder.room()
        if let restoration = try? context.folder.openRestoration() {
            warnings.append(Warning(restoration.reason, Restoration.remedy))
        }
        warnings += daemonWarnings()
        do {
            let issues = try Briefing(context, at: now)
            self.issues = issues
            warnings += issues.tasks.filter { $0.issue != nil && $0.item == nil && Self.isPressing($0, issues) }
                .map { Warning($0.what, $0.command) }
        } catch {
            warnings.append(Warning("the state of the issues cannot be read: \(error)"))
        }
        if let warning = mailboxWarning(context) { warnings.append(warning) }
        warnings += lateness() + roomWarnings()
    }

    private mutating func readStatus(_ folder: StateFolder) {
        do {
            status = try folder.status()
            daemon = Self.daemon(status, running: Self.runningDaemon(folder), at: now)
        } catch let fault as DocumentFault {
            warnings.append(Warning("\(fault)", "a running fortnightd rewrites it by itself"))
            daemon =
                (try? folder.runningDaemon()).map { .running(since: Date(rfc3339: $0.since), pid: $0.pid) }
                ?? .unknown(why: "its status document is damaged")
        } catch {
            daemon = .unknown(why: "\(error)")
        }
    }

    /// The holder that signed the lock, if this account may read it.
    private static func runningDaemon(_ folder: StateFolder) -> DaemonLock.Holder? { try? folder.runningDaemon() }

    static func daemon(
        _ status: DaemonStatus?, running: DaemonLock.Holder?, at now: Date
    ) -> Daemon {
        guard let status, let written = status.writtenAt else {
            return running.map { .running(since: Date(rfc3339: $0.since), pid: $0.pid) } ?? .stopped(last: nil)
        }
        if let running, running.pid != status.pid {
            // A new daemon that has not written yet.
            return .running(since: Date(rfc3339: running.since), pid: running.pid)
        }
        guard status.host == ProcessInfo.processInfo.hostName else {
            return .elsewhere(host: status.host, last: written)
        }
        guard running != nil || DaemonLock.isHeld(by: status.pid) else { return .stopped(last: written) }
        // After the clock was put back the time lies in the future; that is no silence.
        if now.timeIntervalSince(written) > timeouts { return .silent(since: written, pid: status.pid) }
        if let turn = status.turnAt, written.timeIntervalSince(turn) > timeouts {
            return .stuck(since: turn, pid: status.pid)
        }
        return .running(since: status.startedAt, pid: status.pid)
    }

    // MARK: Warnings

    private func daemonWarnings() -> [Warning] {
        var warnings: [Warning] = []
        let restart = "systemctl restart fortnight, or end process %d and start fortnightd again"
        switch daemon {
        case .running: break
        case .stopped:
            warnings.append(
                Warning(
                    "the daemon is not running: nothing is closed or sent",
                    "systemctl start fortnight, or start fortnightd"))
        case .silent(let since, let pid):
            warnings.append(
                Warning(
                    "the daemon has not written its status\(Self.words(since, zone)): it hangs or was stopped",
                    restart.replacing("%d", with: "\(pid)")))
        case .stuck(let since, let pid):
            warnings.append(
                Warning(
                    "the daemon's workflow has not moved\(Self.words(since, zone))",
                    restart.replacing("%d", with: "\(pid)")))
        case .elsewhere(let host, _):
            warnings.append(
                Warning("the daemon last ran on another machine, \(host)", "run fortnight status there"))
        case .unknown(let why): warnings.append(Warning("cannot tell whether a daemon runs: \(why)"))
        }
        guard isRunning, let status else { return warnings }
        // An open restoration has a warning of its own, whether a daemon runs or not.
        if let trouble = status.trouble, !trouble.words.contains(Restoration.remedy) {
            warnings.append(Warning(trouble.words + Self.words(trouble.began, zone)))
        }
        if let trouble = status.delivery {
            warnings.append(Warning(trouble.words + Self.words(trouble.began, zone), "fortnight doctor"))
        }
        if let trouble = status.reload {
            warnings.append(
                Warning(
                    "a new configuration was refused\(Self.words(trouble.began, zone, " on ")), and the old one is in use: "
                        + trouble.words.replacing("\n", with: "; "), "correct it, then systemctl reload fortnight"))
        }
        if !status.awaitingRestart.isEmpty {
            warnings.append(
                Warning(
                    "\(status.awaitingRestart.joined(separator: ", ")): the new value takes effect at a restart",
                    "systemctl restart fortnight"))
        }
        if let trouble = status.operations {
            warnings.append(Warning(trouble.words))
        }
        return warnings
    }

    private static func words(_ since: Date?, _ zone: TimeZone, _ word: String = " since ") -> String {
        since.map { "\(word)\($0.inWords(in: zone))" } ?? ""
    }

    /// A task that an editor still has time for is not a warning.
    private static func isPressing(_ task: Briefing.Task, _ issues: Briefing) -> Bool {
        issues.waiting.contains { $0.number == task.issue }
    }

    /// An issue that is overdue while no daemon runs.
    private func lateness() -> [Warning] {
        (issues?.waiting ?? []).compactMap { row in
            guard row.state == .closed, row.sends < now.addingTimeInterval(-300), !isRunning else { return nil }
            return Warning(
                "issue \(row.number) was due on \(row.sends.inWords(in: zone)), and no daemon is running to send it",
                nil)
        }
    }

    private func mailboxWarning(_ context: PublishingContext) -> Warning? {
        guard isRunning, mailbox.isConfigured else { return nil }
        if let problem = mailbox.problem {
            return Warning(
                "the mailbox\(Self.words(mailbox.problemSince, zone)): \(problem)", "fortnight doctor")
        }
        let every = context.configuration.mailbox?.every.seconds ?? 0
        guard let last = mailbox.lastSuccess, now.timeIntervalSince(last) > max(3600, 3 * every) else { return nil }
        return Warning("the mailbox was not read to its end\(Self.words(last, zone))", "fortnight doctor")
    }

    private func roomWarnings() -> [Warning] {
        guard let room, room.isShort else { return [] }
        let what =
            room.freeBytes < Room.littleBytes
            ? "only \(ByteWords.of(room.freeBytes)) are free on the state folder's disk"
            : "only \(room.freeFiles) more files can be made on the state folder's disk"
        return [Warning(what, "free some space there: an issue being sent needs it")]
    }

    package var isRunning: Bool {
        switch daemon {
        case .running, .silent, .stuck: true
        case .stopped, .elsewhere, .unknown: false
        }
    }
}

/// Sizes in words: `512 bytes`, `1.2 MB`; units are powers of 1000.
package enum ByteWords {
    package static func of(_ bytes: Int) -> String {
        let units = ["kB", "MB", "GB", "TB"]
        guard bytes >= 1000 else { return "\(bytes) byte\(bytes == 1 ? "" : "s")" }
        var (value, unit) = (Double(bytes) / 1000, 0)
        while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let tenths = Int((value * 10).rounded())
        return value < 10 && !tenths.isMultiple(of: 10)
            ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(Int(value.rounded())) \(units[unit])"
    }
}
