import Bulletin
import Foundation
import Mail
import Records
import SMTP
import Synchronization

/// Owed deliveries → letters: the composing side of a delivery. Where letters are signed, each processor makes some; they come
/// in about the order of the audience, and each of them once.
final class ComposeLetters: Sendable {
    private let prepared: Deliver.PreparedMailing
    private let subscriberList: any SubscriberList
    private let options: Deliver.Options
    private let queue: MessageQueue
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    private struct State {
        /// The first position in the audience that nobody looks at yet.
        var position = 0
        /// Those who are tried again, and are not composed yet.
        var again: ArraySlice<SubscriberID> = []
        var fault: (any Error)?
    }

    /// So many positions are looked at together.
    private static let step = 32
    /// So many letters are handed over together: a turn of the sending loop for each would cost as much as the letter.
    private static let batch = 8

    init(
        _ prepared: Deliver.PreparedMailing, subscriberList: any SubscriberList, options: Deliver.Options,
        queue: MessageQueue,
        now: @escaping @Sendable () -> Date
    ) {
        (self.prepared, self.subscriberList, self.options, self.queue, self.now) = (
            prepared, subscriberList, options, queue, now
        )
    }

    /// Why it ended early, where it did.
    var fault: (any Error)? { state.withLock { $0.fault } }

    /// Begins, on threads of its own; finishes the queue at the end.
    func start() {
        let thread = Thread { [self] in
            do { try compose() } catch { fail(error) }
            queue.finish()
        }
        thread.name = "composing"
        thread.start()
    }

    private func compose() throws {
        try together { [self] in
            while let range = nextOwed() { guard try compose(range) else { return } }
        }
        // Last, because it is done once: a daemon that is killed again and again would else be killed at these each time,
        // and leave them to a person.
        try gatherAgain()
        try together { [self] in
            while let id = nextAgain() { guard try compose(again: id) else { return } }
        }
    }

    // MARK: Threads

    /// Does the work on this thread, and on as many others as make sense.
    private func together(_ work: @escaping @Sendable () throws -> Void) throws {
        // Composing alone keeps ahead of any relay; signing takes ten times as long.
        let others = prepared.template.isSigned ? max(0, ProcessInfo.processInfo.activeProcessorCount - 1) : 0
        let group = DispatchGroup()
        for number in 0..<others {
            group.enter()
            let thread = Thread { [self] in
                do { try work() } catch { fail(error) }
                group.leave()
            }
            thread.name = "composing \(number + 2)"
            thread.start()
        }
        do { try work() } catch { fail(error) }
        group.wait()
        if let fault { throw fault }
    }

    private func fail(_ error: any Error) {
        state.withLock { state in
            if state.fault == nil { state.fault = error }
        }
    }

    // MARK: Those who are owed

    private func nextOwed() -> Range<Int>? {
        state.withLock { state in
            guard state.fault == nil, let start = prepared.ledger.nextOwed(from: state.position) else { return nil }
            let range = start..<min(start + Self.step, prepared.audience.count)
            state.position = range.upperBound
            return range
        }
    }

    /// False where no letter is wanted any more.
    private func compose(_ range: Range<Int>) throws -> Bool {
        let states = prepared.ledger.states(range)
        let people = try subscriberList.subscribers(range, of: prepared.audience)
        var skipped: [(SubscriberID, Outcome)] = []
        var letters: [OutgoingMessage] = []
        for (state, person) in zip(states, people) where state == .owed {
            guard let person else { continue }
            switch try destination(of: person) {
            case .letter(let letter):
                letters.append(letter)
                guard letters.count == Self.batch else { continue }
                guard queue.put(letters) else { return false }
                letters.removeAll(keepingCapacity: true)
            case .nobody(let why): skipped.append((person.id, .skipped(why)))
            case .notYet: continue
            }
        }
        try prepared.ledger.record(settled: skipped, handed: [], at: now())
        return letters.isEmpty || queue.put(letters)
    }

    // MARK: Those who are tried again

    /// Deferred ones whose time has come, and unknown ones, once.
    private func gatherAgain() throws {
        let time = now()
        for stray in prepared.ledger.unsettledStrays() {
            try prepared.ledger.record(
                settled: [(stray, .skipped("is no longer a subscriber"))], handed: [], at: time)
        }
        var due = prepared.ledger.deferred().filter { RetryDeferred(options.backoff).isDue($0, at: time) }.map(\.id)
        if options.resendsUnknown { due += prepared.ledger.unknown().filter { $0.times < 2 }.map(\.id) }
        let sorted = due.sorted()
        state.withLock { $0.again = sorted[...] }
    }

    private func nextAgain() -> SubscriberID? {
        state.withLock { $0.fault == nil ? $0.again.popFirst() : nil }
    }

    private func compose(again id: SubscriberID) throws -> Bool {
        guard let person = try subscriberList.subscriber(id) else { return true }
        switch try destination(of: person) {
        case .letter(let letter): return queue.put(letter)
        case .nobody(let why): try prepared.ledger.record(settled: [(id, .skipped(why))], handed: [], at: now())
        case .notYet: break
        }
        return true
    }

    // MARK: A letter

    private enum Destination {
        case letter(OutgoingMessage)
        case nobody(why: String)
        /// A correction waits until it is certain whether the person was sent the issue.
        case notYet
    }

    /// The letter for that person as they stand now: whoever left since the audience was taken gets none.
    private func destination(of person: Subscriber) throws -> Destination {
        switch prepared.corrected?.state(of: person.id) {
        case nil, .accepted: break
        case .refused, .skipped: return .nobody(why: "was not sent the issue")
        case .owed, .handed, .deferred, .unknown: return .notYet
        }
        var reader = person
        if person.status == .moved, let next = person.movedTo, let moved = try subscriberList.subscriber(next) {
            reader = moved
        }
        guard reader.status == .active else { return .nobody(why: "is \(reader.status.rawValue) since") }
        guard let letter = try prepared.template.outgoing(for: reader, at: now()) else {
            return .nobody(why: "has no address")
        }
        guard reader.id != person.id else { return .letter(letter) }
        return .letter(
            OutgoingMessage(
                id: person.id, sender: letter.sender, recipient: letter.recipient, data: letter.data, size: letter.size)
        )
    }
}
