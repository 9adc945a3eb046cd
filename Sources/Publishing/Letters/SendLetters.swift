package import Basics
import Bulletin
import Curl
package import Foundation
package import Logging
package import Planning
import SMTP
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
    private let log: Logger
    private let delay: RetryDelay
    /// Letters that failed.
    private var retries: [Source.Owed.ID: Retry] = [:]
    /// The relay has answered, and that could not be written down: nothing is sent before it is. A full disk must not make
    /// us repeat a letter.
    private var unrecorded: [Ended] = []
    /// Looks in a row that failed themselves.
    private var failures = 0
    private var nextLook = ContinuousClock.now

    package init(
        _ source: Source, log: Logger, delay: RetryDelay = RetryDelay(first: .seconds(5), most: .seconds(1800))
    ) {
        (self.source, self.log, self.delay) = (source, log, delay)
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
            let wait = try await look(at: now)
            failures = 0
            return wait
        } catch {
            failures += 1
            let wait = delay.after(failures)
            nextLook = .now + wait
            log.error("\(Source.kind) cannot be sent: \(error)")
            return wait
        }
    }

    private nonisolated(nonsending) mutating func look(at now: Date) async throws -> Duration? {
        try flush(at: now)
        let owed = try source.owed(at: now)
        let ids = Set(owed.map(\.id))
        retries = retries.filter { ids.contains($0.key) }
        let due = owed.filter { source.wait(for: $0, at: now) <= 0 && (retries[$0.id]?.at ?? .now) <= .now }
        if !due.isEmpty { try await send(Array(due.prefix(Source.most)), at: now) }
        if due.count > Source.most { return .zero }
        let waits = owed.map { source.wait(for: $0, at: now) }.filter { $0 > 0 }.map { Duration.seconds($0) }
        return (waits + retries.values.map { max(.zero, $0.at - .now) }).min()
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

    private nonisolated(nonsending) mutating func send(_ letters: [Source.Owed], at now: Date) async throws {
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
        if recorder.isWaiting { failed += try await submit(queue, recorder) }
        recorder.say(Source.kind)
        try take(failed, at: now)
    }

    /// Those that the relay did not take, and why.
    private nonisolated(nonsending) mutating func submit(
        _ queue: MessageQueue, _ recorder: LetterRecorder<Source>
    ) async throws -> [Failed] {
        let relays: [Relay]
        do { relays = try source.context.configuration.relays() } catch {
            return recorder.failed("\(error)")
        }
        let submission = Submission(
            relays: relays, traffic: source.context.traffic, priority: .single, source: queue, recorder: recorder)
        switch await submission.run() {
        case .finished, .stopped: return recorder.failed(nil)
        case .unreachable(let reason), .authRefused(let reason), .tlsRefused(let reason), .ourFault(let reason):
            return recorder.failed(reason)
        case .recorderFailed(let error, let outcomes):
            unrecorded += recorder.ended(outcomes)
            throw error
        }
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
        log.warning("\(Source.kind) are not sent yet: \(first.why)")
    }
}
