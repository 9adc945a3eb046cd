import Bulletin
package import Curl
package import Foundation
package import Mailboxes
package import Records

/// Reads the mailbox once: fetches every new message, has it recognised, puts away the messages that were dealt with, and
/// leaves all others as they were. A message is noted before it is asked for, and settled after all that follows from it:
/// killed in between, it is read again, and taking it twice changes nothing.
package struct ReadMailbox: Sendable {
    /// Recognises a message and acts on it: ``TakeReturns``.
    package typealias Taking =
        @Sendable (_ message: [UInt8], _ key: String, _ now: Date) throws -> TakeReturns.Taken

    /// The results of one reading, also where it stopped early.
    package struct Report: Sendable {
        /// By class; `left` and `aside` besides.
        package var counts: [String: Int] = [:]
        package var setAside: [MailboxStatus.SetAside] = []
        /// The reason why dealt-with messages stay where they are, with the remedy.
        package var problem: String?
        /// Why it stopped early: a ``MailboxFault``, or an error of the disk.
        package var fault: (any Error)?
    }

    private let place: MailboxPlace
    private let visit: MailboxVisit
    private let journal: MailboxJournal
    private let take: Taking
    private let now: @Sendable () -> Date

    package init(
        _ place: MailboxPlace, visit: MailboxVisit, journal: MailboxJournal, now: @escaping @Sendable () -> Date,
        take: @escaping Taking
    ) {
        (self.place, self.visit, self.journal, self.now, self.take) = (place, visit, journal, now, take)
    }

    package func callAsFunction() async -> Report {
        do {
            return try await visit.run { mailbox in
                let reading = Reading(mailbox, place, visit: visit, journal: journal, now: now, take: take)
                do {
                    try reading.run()
                    try journal.tidy(at: now())
                } catch {
                    reading.report.fault = error
                }
                return reading.report
            }
        } catch {
            return Report(fault: error)
        }
    }
}

/// How a message that was begun ended.
private enum Fate {
    case dealt(ReturnClass)
    case left
    case aside(String)
    case gone
    case failed
    case putBack

    /// `stays`: messages that were dealt with are in the mailbox still.
    func ending(stays: Bool) -> MailboxJournal.Ending {
        switch self {
        case .dealt: stays ? .dealt : .settled
        case .left, .aside: .settled
        case .gone: .gone
        case .failed: .failed
        case .putBack: .putBack
        }
    }
}

/// One reading, on the thread of the visit.
private final class Reading {
    /// Messages that are begun together and settled together: at most so many are read again after a crash.
    private static let batch = 50
    /// After so many failures, or ends of the program, a message is set aside: it keeps nobody from reading the rest.
    private static let mostFailures = 3
    /// After so many connections that were lost at it while other messages came through.
    private static let mostLosses = 20

    var report = ReadMailbox.Report()
    private let mailbox: any OpenMailbox
    private let place: MailboxPlace
    private let visit: MailboxVisit
    private let journal: MailboxJournal
    private let now: @Sendable () -> Date
    private let take: ReadMailbox.Taking
    private var marks = MailboxMarks()
    /// Messages whose content came in this visit.
    private var fetched = 0

    init(
        _ mailbox: any OpenMailbox, _ place: MailboxPlace, visit: MailboxVisit, journal: MailboxJournal,
        now: @escaping @Sendable () -> Date, take: @escaping ReadMailbox.Taking
    ) {
        (self.mailbox, self.place, self.visit, self.journal) = (mailbox, place, visit, journal)
        (self.now, self.take) = (now, take)
    }

    func run() throws {
        marks = try journal.enter(place.identity, validity: mailbox.validity, at: now())
        let before = marks
        var listed: Set<String> = []
        while let window = try mailbox.next(after: marks.through) {
            for message in window where !mailbox.hasNumbers || before.open[message.name] != nil {
                listed.insert(message.name)
            }
            try read(window.filter { !marks.isSettled($0.name) })
            try advance(past: window)
        }
        // A message that is no longer listed was moved or deleted by a person, or by ourselves just before we were killed.
        var gone = before.open.keys.filter { !listed.contains($0) }
        if !mailbox.hasNumbers { gone += before.settled.filter { !listed.contains($0) } }
        try journal.end(gone.map { name in (name: name, ending: MailboxJournal.Ending.gone) }, at: now())
    }

    /// UIDs only grow: messages that are settled up to the end of a window need no line each.
    private func advance(past window: [ListedMessage]) throws {
        guard mailbox.hasNumbers, let last = window.last.flatMap({ UInt32($0.name) }) else { return }
        let open = marks.open.keys.compactMap { UInt32($0) }.min()
        try journal.advance(through: min(last, open.map { $0 - 1 } ?? last), at: now())
        marks = try journal.marks()
    }

    private func read(_ messages: [ListedMessage]) throws {
        let dealt = messages.filter { marks.open[$0.name]?.isDealt == true }
        try finish(dealt.map { message in (message, Fate.dealt(.unknown)) }, isNew: false)
        // Messages that failed before come last, each alone, so that only the culprit is suspected.
        var plain: [ListedMessage] = []
        var troubled: [(failures: Int, message: ListedMessage)] = []
        for message in messages {
            switch marks.open[message.name] {
            case .some(let open) where open.isDealt: break
            case .some(let open) where open.failures > 0 || open.begun > 0: troubled.append((open.failures, message))
            default: plain.append(message)
            }
        }
        for start in stride(from: 0, to: plain.count, by: Self.batch) {
            try read(batch: Array(plain[start..<min(start + Self.batch, plain.count)]))
        }
        for (_, message) in troubled.sorted(by: { $0.failures < $1.failures }) { try read(batch: [message]) }
    }

    private func read(batch: [ListedMessage]) throws {
        let before = marks
        try journal.begin(batch.map { ($0.name, $0.wasSeen) }, at: now())
        marks = try journal.marks()
        var fates: [(ListedMessage, Fate)] = []
        var fault: (any Error)?
        for message in batch {
            guard fault == nil else {
                fates.append((message, .putBack))
                continue
            }
            do {
                fates.append((message, try fate(of: message, before.open[message.name])))
            } catch {
                fates.append((message, fateAfter(error, before.open[message.name])))
                fault = error
            }
        }
        do { try finish(fates, isNew: true) } catch { fault = fault ?? error }
        if let fault { throw fault }
    }

    private func fate(of message: ListedMessage, _ before: OpenMessage?) throws -> Fate {
        if visit.isStopped { throw MailboxFault.stopped }
        if let before, before.begun >= Self.mostFailures {
            return .aside("the program ended \(before.begun) times while it was read")
        }
        let content: [UInt8]
        switch fetch(message) {
        case .success(let bytes): content = bytes
        case .failure(.gone): return .gone
        case .failure(.tooLarge):
            return .aside("it is larger than we read" + (message.size.map { " (\($0) bytes)" } ?? ""))
        case .failure(.unreadable(let reason)):
            return (before?.failures ?? 0) + 1 >= Self.mostFailures ? .aside(reason) : .failed
        case .failure(let fault): throw fault
        }
        fetched += 1
        let key = "\(place.identity)/\(mailbox.validity)/\(message.name)"
        switch try take(content, key, now()) {
        case .dealtWith(let kind): return .dealt(kind)
        case .leave: return .left
        case .setAside(let reason): return .aside(reason)
        }
    }

    private func fetch(_ message: ListedMessage) -> Result<[UInt8], MailboxFault> {
        do throws(MailboxFault) {
            return .success(try mailbox.content(of: message))
        } catch {
            return .failure(error)
        }
    }

    /// A message at which the connection is lost time and again, while others come through, is the cause.
    private func fateAfter(_ error: any Error, _ before: OpenMessage?) -> Fate {
        guard case MailboxFault.unreachable(let reason) = error else { return .putBack }
        let failures = (before?.failures ?? 0) + 1
        return failures >= Self.mostLosses && fetched > 0 ? .aside("it cannot be fetched: \(reason)") : .failed
    }

    /// Writes down how they ended: first in the mailbox, then in the journal.
    private func finish(_ fates: [(ListedMessage, Fate)], isNew: Bool) throws {
        guard !fates.isEmpty else { return }
        var fault: (any Error)?
        var unrestored: Set<String> = []
        var unread: [String] = []
        for (message, fate) in fates {
            switch fate {
            case .left, .aside:
                if !(marks.open[message.name]?.wasSeen ?? message.wasSeen) { unread.append(message.name) }
            default: break
            }
        }
        do {
            try mailbox.restoreUnseen(unread)
        } catch MailboxFault.refused(let reason) {
            report.problem = reason
        } catch {
            (fault, unrestored) = (error, Set(unread))
        }
        let stays = putAway(fates, &fault)
        var endings: [(name: String, ending: MailboxJournal.Ending)] = []
        for (message, fate) in fates {
            let isUndone = unrestored.contains(message.name)
            endings.append((message.name, isUndone ? .putBack : fate.ending(stays: stays)))
            if isNew, !isUndone { count(message, fate) }
        }
        try journal.end(endings, at: now())
        marks = try journal.marks()
        if let fault { throw fault }
    }

    /// Whether the messages that were dealt with stay in the mailbox for now.
    private func putAway(_ fates: [(ListedMessage, Fate)], _ fault: inout (any Error)?) -> Bool {
        var names: [String] = []
        for case (let message, .dealt) in fates { names.append(message.name) }
        guard mailbox.putsAway, !names.isEmpty else { return false }
        do {
            try mailbox.putAway(names)
            return false
        } catch MailboxFault.refused(let reason) {
            report.problem = reason
        } catch {
            fault = fault ?? error
        }
        return true
    }

    private func count(_ message: ListedMessage, _ fate: Fate) {
        switch fate {
        case .dealt(let kind): report.counts[kind.rawValue, default: 0] += 1
        case .left: report.counts["left", default: 0] += 1
        case .aside(let reason):
            report.counts["aside", default: 0] += 1
            report.setAside.append(.init(name: message.name, reason: reason, at: now()))
        case .gone, .failed, .putBack: break
        }
    }
}
