import Curl
import Foundation
import Synchronization

/// Opens connections, each on a thread of its own since libcurl blocks, and keeps them for the loop to collect.
final class Connector: Sendable {
    struct Arrival: Sendable {
        let relay: Int
        let result: Result<RelayConnection, RelayConnection.Fault>
    }

    private let arrivals = Mutex<[Arrival]>([])
    private let cancelled = CancelFlag()
    private let waker: Waker

    init(waker: Waker) { self.waker = waker }

    /// Begins to connect to `relay`, the `index`th; wakes the loop on success or failure.
    func open(_ relay: Relay, _ index: Int, _ timeouts: Timeouts) {
        let thread = Thread { [self] in
            blockPipeSignal()
            let result = Result { () throws(RelayConnection.Fault) in
                try RelayConnection.open(relay, timeouts: timeouts, cancelled: cancelled)
            }
            arrivals.withLock { if !cancelled.isSet { $0.append(Arrival(relay: index, result: result)) } }
            waker.wake()
        }
        thread.name = "connecting"
        thread.start()
    }

    func collect() -> [Arrival] {
        arrivals.withLock { arrivals in
            defer { arrivals = [] }
            return arrivals
        }
    }

    /// Gives up connections still being opened; their own threads close them.
    func close() {
        arrivals.withLock {
            cancelled.set()
            $0 = []
        }
    }
}
