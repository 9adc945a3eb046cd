package import Basics
import Bulletin
import Curl
package import Foundation
package import Logging
package import Planning
package import SMTP
import Settings

/// Sends letters of one kind through the relays that issues go through, in the same order each time: answers that could
/// not be written down are written first, then the letters that are owed and due are sent. A failed letter waits longer
/// each time, up to half an hour.
package struct SendLetters<Source: OwedLetters> {
    private typealias Ended = (owed: Source.Owed, outcome: LetterOutcome)
    private typealias Failed = (owed: Source.Owed, why: String)

    private struct Retry {
        var failures = 0
        var at = ContinuousClock.now
    }

    private var source: Source
    private let traffic: RelayTraffic
    private let log: Logger
    private let delay: RetryDelay
    /// Letters that failed.
    private var retries: [Source.Owed.ID: Retry] = [:]
    /// The relay has answered, and that could not be written down: nothing is sent before it is. A full disk must not make
    /// us repeat a letter.
    private var unrecorded: [Ended] = []
    private var nextLook = ContinuousClock.now
    /// The last failure that was logged: it is not logged again until it changes.
    private var logged: String?
    /// After a look that failed itself, for want of disk space for example: people wait for these letters.
    private var failedLookDelay: Duration { min(.seconds(10), delay.most) }

    package init(
        _ source: Source, traffic: RelayTraffic = RelayTraffic(), log: Logger,
        delay: RetryDelay = RetryDelay(first: .seconds(5), most: .seconds(1800))
    ) {
        (self.source, self.traffic, self.log, self.delay) = (source, traffic, log, delay)
    }

    /// The configuration and folder from the next look on.
    package var context: PublishingContext {
        get { source.context }
        set { source.context = newValue }
    }

    /// Sends the letters that are due. Returns the time until there is something to do again, as far as that is known; nil
    /// where only a new letter is. Runs on its caller's executor, since it waits for the disk.
    @discardableResult
    package nonisolated(nonsending) mutating func callAsFunction(at now: Date) async -> Duration? {
        guard ContinuousClock.now >= nextLook else { return nextLook - .now }
        nextLook = .now + Source.interval
        do {
            return try await look(at: now)
        } catch {
            nextLook = .now + failedLookDelay
            if isNews("\(error)") { log.error("\(Source.kind) cannot be sent: \(error)") }
            return failedLookDelay
        }
    }

    private nonisolated(nonsending) mutating func look(at now: Date) async throws -> Duration? {
        try flush(at: now)
        let owed = try source.owed(at: now)
        let ids = Set(owed.map(\.id))
        retries = retries.filter { ids.contains($0.key) }
        let due = owed.filter { wait(for: $0, at: now) <= .zero }
        if !due.isEmpty {
            let failed = try await send(Array(due.prefix(Source.most)), at: now)
            try take(failed, at: now)
        }
        if retries.isEmpty { logged = nil }
        if due.count > Source.most { return .zero }
        return owed.map { wait(for: $0, at: now) }.filter { $0 > .zero }.min()
    }

    /// How long that letter waits: for its own time, and after a failure.
    private func wait(for owed: Source.Owed, at now: Date) -> Duration {
        max(.seconds(source.wait(for: owed, at: now)), retries[owed.id].map { $0.at - .now } ?? .zero)
    }

    /// Whether that reason is another than the one that was logged last.
    private mutating func isNews(_ why: String) -> Bool {
        defer { logged = why }
        return why != logged
    }

    private mutating func flush(at now: Date) throws {
        guard !unrecorded.isEmpty else { return }
        try source.settle(unrecorded, at: now)
        for (owed, outcome) in unrecorded { source.report(owed, outcome, to: log) }
        unrecorded = []
    }

    /// They have ended without the relay.
    private mutating func end(_ ended: [Ended], at now: Date) throws {
        unrecorded += ended
        try flush(at: now)
    }

    /// Those that did not go out, and why.
    private nonisolated(nonsending) mutating func send(
        _ letters: [Source.Owed], at now: Date
    ) async throws -> [Failed] {
        let recorder = LetterRecorder(source, log: log, at: now)
        let queue = MessageQueue(capacity: letters.count)
        var (ended, failed): ([Ended], [Failed]) = ([], [])
        for owed in letters {
            do {
                guard let message = try source.message(owed, at: now) else {
                    ended.append((owed, .moot))
                    continue
                }
                _ = queue.put(recorder.expect(owed, message))
            } catch {
                failed.append((owed, "\(error)"))
            }
        }
        queue.finish()
        try end(ended, at: now)
        if recorder.isWaiting {
            let alone = try await submit(queue, recorder, &failed)
            // One letter that is too large, for example, ends the submission. The others are no worse for it.
            for owed in alone { failed += try await send([owed], at: now) }
        }
        recorder.say(Source.kind)
        return failed
    }

    /// Adds those that the relay did not take. Returns those that it was not asked about, because it said of another one
    /// that the fault is ours: each is to be sent alone.
    private nonisolated(nonsending) mutating func submit(
        _ queue: MessageQueue, _ recorder: LetterRecorder<Source>, _ failed: inout [Failed]
    ) async throws -> [Source.Owed] {
        let relays: [Relay]
        do { relays = try source.context.configuration.relays() } catch {
            failed += recorder.failed("\(error)")
            return []
        }
        let submission = Submission(
            relays: relays, traffic: traffic, priority: .single, source: queue, recorder: recorder)
        switch await submission.run() {
        case .finished, .stopped: failed += recorder.failed(nil)
        case .ourFault(let reason):
            guard recorder.count > 1 else {
                failed += recorder.failed(reason)
                return []
            }
            failed += recorder.answered()
            return recorder.unanswered()
        case .unreachable(let reason), .authRefused(let reason), .tlsRefused(let reason):
            failed += recorder.failed(reason)
        case .recorderFailed(let error, let outcomes):
            unrecorded += recorder.ended(outcomes)
            throw error
        }
        return []
    }

    private mutating func take(_ failed: [Failed], at now: Date) throws {
        guard let first = failed.first else { return }
        guard Source.isRetried else { return try end(failed.map { ($0.owed, .failed($0.why)) }, at: now) }
        for (owed, _) in failed {
            var retry = retries[owed.id] ?? Retry()
            retry.failures += 1
            retry.at = .now + delay.after(retry.failures)
            retries[owed.id] = retry
        }
        if isNews(first.why) { log.warning("\(Source.kind): \(failed.count) not sent yet: \(first.why)") }
    }
}
