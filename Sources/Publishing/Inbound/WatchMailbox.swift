import Basics
import Bulletin
package import Curl
package import Foundation
package import Logging
import Mailboxes
import Planning
package import Records
import ServiceLifecycle
import Settings

/// Reads the mailbox of returns and requests every so often, beside all else that the daemon does: a server that does not
/// answer keeps no issue waiting. It waits for the disk, so it works on a thread of its own.
package actor WatchMailbox: Service {
    private let inForce: LiveContext
    private let subscriberList: any SubscriberList
    private let log: Logger
    private let now: @Sendable () -> Date
    private let timeouts: MailboxTimeouts
    private let journal: MailboxJournal
    private let onMail: @Sendable () -> Void
    private let wake = WakeSignal()
    private let executor = QueueExecutor(label: "fortnight.mailbox")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var context: PublishingContext
    private var edition = 0
    /// Takes the messages that are read, under the present configuration.
    private var taking: TakeReturns?
    /// Readings in a row that failed.
    private var failures = 0
    private var problem: (words: String, since: Date)?
    /// The settings that a person has to mend, as they were when they failed: tried again soon once they have changed.
    private var refused: MailboxPlace?

    /// Between readings of a mailbox that cannot be reached, at most, unless `mailbox.every` is longer.
    private static let mostWait = Duration.seconds(900)
    /// Between readings of one that needs a person: some servers shut out a client that tries a wrong password often.
    private static let refusedWait = Duration.seconds(1800)
    /// Between looks whether that person has changed something, such as the file with the password.
    private static let correctedLook = Duration.seconds(2)

    package init(
        _ inForce: LiveContext, subscriberList: any SubscriberList, log: Logger,
        timeouts: MailboxTimeouts = MailboxTimeouts(),
        now: @escaping @Sendable () -> Date, onMail: @escaping @Sendable () -> Void = {}
    ) {
        var timeouts = timeouts
        timeouts.mostOctets = TakeReturns.largest
        (self.inForce, self.subscriberList, self.log, self.timeouts, self.now) = (
            inForce, subscriberList, log, timeouts, now
        )
        self.onMail = onMail
        context = inForce.context
        journal = inForce.context.folder.mailboxJournal()
        inForce.wake(wake, on: [.configuration, .clock])
    }

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let next = ContinuousClock.now + (await look())
            while ContinuousClock.now < next, !isChanged {
                // A person may have corrected a setting that was refused.
                let rest = next - .now
                let (wake, wait) = (wake, refused == nil ? rest : min(rest, Self.correctedLook))
                _ = await cancelWhenGracefulShutdown { await wake.wait(for: wait) }
                if Task.isCancelled || Task.isShuttingDownGracefully { return }
            }
        }
    }

    /// Whether there is another configuration, or what a person had to mend has changed.
    private var isChanged: Bool {
        if let changed = inForce.taken(after: &edition) {
            (context, taking) = (changed, nil)
            return true
        }
        guard let refused else { return false }
        return (try? context.configuration.mailboxPlace()).flatMap { $0 } != refused
    }

    /// Reads the mailbox once, and says how long to wait.
    private func look() async -> Duration {
        let every = context.configuration.mailbox?.every ?? Self.mostWait
        let place: MailboxPlace
        let take: TakeReturns
        do {
            guard let found = try context.configuration.mailboxPlace() else { return every }
            place = found
            take = try taking ?? TakeReturns(context, subscriberList: subscriberList, log: log)
            taking = take
        } catch {
            return note(ReadMailbox.Report(fault: MailboxFault.refused("\(error)")), of: nil, every: every)
        }
        let visit = MailboxVisit(place, timeouts: timeouts)
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
                log.warning("mailbox: messages that were dealt with stay where they are: \(words)")
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
        return max(every, RetryDelay(first: every, most: Self.mostWait).after(failures))
    }

    private func sayWhatCame(_ report: ReadMailbox.Report) {
        for one in report.setAside {
            log.warning("mailbox: message \(one.name) is set aside, and stays in the mailbox: \(one.reason)")
        }
        guard !report.counts.isEmpty else { return }
        onMail()
        let words = report.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let isNews = report.counts.keys.contains { $0 != "left" && $0 != "aside" }
        log.log(level: isNews ? .notice : .info, "mailbox: \(words)")
    }

    /// For `status` and the metrics.
    private func write(_ report: ReadMailbox.Report, of place: MailboxPlace?) {
        do {
            let document = context.folder.mailboxReport
            let shown = place ?? context.configuration.mailbox?.url
            var status = try document.read() ?? MailboxStatus(mailbox: "")
            status.mailbox = shown?.description ?? status.mailbox
            status.lastRead = now()
            if report.fault == nil { status.lastSuccess = status.lastRead }
            // Since when holds over a restart.
            if status.problem != problem?.words { status.problemSince = problem?.since }
            status.problem = problem?.words
            status.counts.merge(report.counts) { $0 + $1 }
            status.setAside = (status.setAside + report.setAside).suffix(MailboxStatus.mostSetAside)
            try document.write(status)
        } catch {
            log.error("mailbox: the progress cannot be written down: \(error)")
        }
    }
}
