import Bulletin
import Foundation
import SMTP
import Synchronization

/// A journal in the ledger's manner: a line for every handing and every outcome, one write a turn of the loop.
final class Lines: DeliveryRecorder {
    private struct State {
        var text: [UInt8] = []
        var accepted = 0
    }

    private let file: FileHandle
    private let state = Mutex(State())

    init(_ path: String) throws {
        try Data().write(to: URL(filePath: path))
        file = try FileHandle(forWritingTo: URL(filePath: path))
    }

    var accepted: Int { state.withLock { $0.accepted } }

    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws {
        try state.withLock { state in
            state.text.removeAll(keepingCapacity: true)
            for (id, outcome) in settled {
                if outcome.state == .accepted { state.accepted += 1 }
                state.text += "{\"id\":\"\(id)\",\"state\":\"\(outcome.state)\",\"code\":\(outcome.reply.code),".utf8
                state.text += "\"text\":\"\(outcome.reply.text)\"}\n".utf8
            }
            for id in handed { state.text += "{\"id\":\"\(id)\",\"state\":\"handed\"}\n".utf8 }
            try file.write(contentsOf: state.text)
        }
    }
}
