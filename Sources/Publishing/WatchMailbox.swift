import Bulletin
package import Foundation
package import Logging
package import Records
import ServiceLifecycle
import Settings
package import Transport

/// Looks into the mailbox of returns and mailed wishes every so often, beside all else that the daemon does: a server
/// that does not answer keeps no issue waiting.
package actor WatchMailbox: Service {
    private let inForce: OfficeInForce
    private let roll: any Roll
    private let log: Logger
    private let now: @Sendable () -> Date
    private let patience: MailboxPatience
    private let journal: MailboxJournal

    private var office: Office
    private var edition = 0
    /// Who takes what is read, for the office as it is.
    private var taking: TakeReturns?
    /// Readings in a row that came to nothing.
    private var failures = 0
    private var problem: (words: String, since: Date)?
    /// What a person has to mend, as it was when it was found wrong: tried again soon once it has changed.
    private var refused: MailboxPlace?

    /// Between readings of a mailbox that cannot be reached, at most, unless `mailbox.every` is longer.
    private static let mostWait = Duration.seconds(900)
    /// Between readings of one that needs a person: some servers shut out who tries a wrong password often.
    private static let refusedWait = Duration.seconds(1800)

    package init(
        _ inForce: OfficeInForce, roll: any Roll, log: Logger, patience: MailboxPatience = MailboxPatience(),
        now: @escaping @Sendable () -> Date
    ) {
        var patience = patience
        patience.mostOctets = TakeReturns.largest
        (self.inForce, self.roll, self.log, self.patience, self.now) = (inForce, roll, log, patience, now)
        office = inForce.office
        journal = inForce.office.folder.mailboxJournal()
    }

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let next = ContinuousClock.now + (await look())
            while ContinuousClock.now < next, !isChanged {
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
                if Task.isCancelled || Task.isShuttingDownGracefully { return }
            }
        }
    }

    /// Whether there is another configuration, or what a person had to mend has changed.
    private var isChanged: Bool {
        if let changed = inForce.taken(after: &edition) {
            (office, taking) = (changed, nil)
            return true
        }
        guard let refused else { return false }
        return (try? office.configuration.mailboxPlace()).flatMap { $0 } != refused
    }

    /// Reads the mailbox once, and says how long to wait.
    private func look() async -> Duration {
        let every = office.configuration.mailbox?.every ?? Self.mostWait
        let place: MailboxPlace
        let take: TakeReturns
        do {
            guard let found = try office.configuration.mailboxPlace() else { return every }
            place = found
            take = try taking ?? TakeReturns(office, roll: roll, log: log)
            taking = take
        } catch {
            return note(ReadMailbox.Report(fault: MailboxFault.refused("\(error)")), of: nil, every: every)
        }
        let visit = MailboxVisit(place, patience: patience)
        let reading = ReadMailbox(place, visit: visit, journal: journal, now: now) { try take($0, key: $1, at: $2) }
        let report = await withTaskCancellationOrGracefulShutdownHandler {
            await reading()
        } onCancelOrGracefulShutdown: {
            visit.stop()
        }
        return note(report, of: place, every: every)
    }

    private func note(_ report: ReadMailbox.Report, of place: MailboxPlace?, every: Duration) -> Duration {
        sayWhatCame(report)
        if case MailboxFault.stopped? = report.fault {
            write(report, of: place)
            return .zero
        }
        let wasProblem = problem
        let words = report.fault.map { "\($0)" } ?? report.problem
        if words != problem?.words { problem = words.map { ($0, now()) } }
        refused = nil
        defer { write(report, of: place) }
        guard let fault = report.fault else {
            failures = 0
            if let words, words != wasProblem?.words {
                log.warning("mailbox: what was dealt with stays where it is: \(words)")
            } else if words == nil, wasProblem != nil {
                log.notice("mailbox: all is well again")
            }
            return every
        }
        failures += 1
        if case MailboxFault.refused(let reason) = fault {
            refused = place
            if reason != wasProblem?.words {
                log.error("mailbox: cannot be read until somebody mends it: \(reason)")
            }
            return place == nil ? .seconds(30) : max(every, Self.refusedWait)
        }
        if let words, words != wasProblem?.words { log.warning("mailbox: cannot be read for now: \(words)") }
        return max(every, min(Self.mostWait, every * (1 << min(failures - 1, 10))))
    }

    private func sayWhatCame(_ report: ReadMailbox.Report) {
        for one in report.setAside {
            log.warning("mailbox: message \(one.name) is set aside, and stays in the mailbox: \(one.reason)")
        }
        guard !report.counts.isEmpty else { return }
        let words = report.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let isNews = report.counts.keys.contains { $0 != "left" && $0 != "aside" }
        log.log(level: isNews ? .notice : .info, "mailbox: \(words)")
    }

    /// For `status` and the metrics.
    private func write(_ report: ReadMailbox.Report, of place: MailboxPlace?) {
        do {
            let document = office.folder.mailboxReport
            let shown = place ?? office.configuration.mailbox?.url
            var standing = try document.read() ?? MailboxStanding(mailbox: "")
            standing.mailbox = shown?.description ?? standing.mailbox
            standing.lastRead = now()
            if report.fault == nil { standing.lastSuccess = standing.lastRead }
            // Since when holds over a restart.
            if standing.problem != problem?.words { standing.problemSince = problem?.since }
            standing.problem = problem?.words
            standing.counts.merge(report.counts) { $0 + $1 }
            standing.setAside = (standing.setAside + report.setAside).suffix(MailboxStanding.mostSetAside)
            try document.write(standing)
        } catch {
            log.error("mailbox: what was read cannot be noted: \(error)")
        }
    }
}
