import Basics
package import Foundation
package import Logging
import Planning
package import Records
import ServiceLifecycle

/// Sends single letters beside the mailings: proofs, answers to subscribers and to people who ask for help, notes to editors.
/// It waits until it is woken or a letter is due again. It waits for the disk, so it works on a thread of its own.
package actor LetterService {
    private let inForce: LiveContext
    private let subscriberList: any SubscriberList
    private let log: Logger
    private let now: @Sendable () -> Date
    private let signal = WakeSignal()
    private let executor = QueueExecutor(label: "fortnight.letters")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Between two looks without a signal, for a deadline that editors must hear of, or a change that was missed.
    private static let slowLook = Duration.seconds(60)
    /// The same where the kernel tells of no changes.
    private static let unwatchedLook = Duration.seconds(1)

    package init(
        _ inForce: LiveContext, subscriberList: any SubscriberList, log: Logger, now: @escaping @Sendable () -> Date
    ) {
        (self.inForce, self.subscriberList, self.log, self.now) = (inForce, subscriberList, log, now)
        inForce.wake(signal, on: [.configuration, .editorial, .letters, .folder, .clock])
    }

    /// A letter may be owed that no change in the state folder tells of: an issue has changed, a subscriber asked for one.
    package nonisolated func wake() { signal.wake() }

    /// Until the task is cancelled or the service group shuts down.
    package func run() async {
        let (context, traffic) = (inForce.context, inForce.traffic)
        var proofs = SendLetters(ProofLetters(context), traffic: traffic, log: log)
        var help = SendLetters(HelpLetters(context), traffic: traffic, log: log)
        var requests = SendLetters(
            RequestLetters(context, subscriberList: subscriberList), traffic: traffic, log: log)
        var editors = SendLetters(
            EditorLetters(context, subscriberList: subscriberList), traffic: traffic, log: log)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            var wait = inForce.isWatched ? Self.slowLook : Self.unwatchedLook
            let context = inForce.context
            // After a restore nothing goes out before somebody has accepted it.
            if (try? context.folder.openRestoration()) == .some(.none) {
                (proofs.context, help.context, requests.context, editors.context) = (context, context, context, context)
                // Somebody waits at a terminal for a proof.
                for next in [
                    await proofs(at: now()), await help(at: now()), await requests(at: now()), await editors(at: now()),
                ] {
                    wait = min(wait, next ?? wait)
                }
            }
            let (signal, rest) = (signal, wait)
            _ = await cancelWhenGracefulShutdown { await signal.wait(for: rest) }
        }
    }
}
