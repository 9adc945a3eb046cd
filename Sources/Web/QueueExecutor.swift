import Dispatch

/// Runs an actor's work on a queue of its own, so that waiting for a disk holds up nothing else.
/// (`DispatchSerialQueue`, which could be an executor itself, does not exist on Linux.)
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
