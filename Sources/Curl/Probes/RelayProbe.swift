package import Foundation

/// Connects to a relay as a submission does, up to TLS and AUTH, and disconnects again: nothing is sent.
package enum RelayProbe {
    package struct Greeting: Hashable, Sendable {
        /// Whether TLS is used.
        package let isSecure: Bool
        /// When the relay's certificate expires; nil without TLS.
        package let certificateEnds: Date?
    }

    package enum Answer: Hashable, Sendable {
        case well(Greeting)
        case unreachable(String)
        case authRefused(String)
        case tlsRefused(String)
    }

    /// Waits for up to some ten seconds; call it on a thread that may block.
    package static func ask(_ relay: Relay) -> Answer {
        blockPipeSignal()
        var timeouts = Timeouts()
        (timeouts.connect, timeouts.greeting) = (.seconds(5), .seconds(5))
        do throws(RelayConnection.Fault) {
            let connection = try RelayConnection.open(relay, timeouts: timeouts, cancelled: CancelFlag())
            let ends = connection.certificateEnds
            _ = Array("QUIT\r\n".utf8).withUnsafeBytes { connection.send($0) }
            return .well(
                Greeting(isSecure: ends != nil || relay.implicitTLS || relay.tls == .required, certificateEnds: ends))
        } catch {
            switch error {
            case .unreachable(let reason): return .unreachable(reason)
            case .authRefused(let reason): return .authRefused(reason)
            case .tlsRefused(let reason): return .tlsRefused(reason)
            }
        }
    }
}
