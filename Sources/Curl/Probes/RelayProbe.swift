package import Foundation

/// Knocks at a relay as a submission does, up to TLS and AUTH, and goes away again: nothing is sent.
package enum RelayProbe {
    package struct Greeting: Hashable, Sendable {
        /// Whether TLS is spoken.
        package let isSecure: Bool
        /// When the relay's certificate ends; nil without TLS.
        package let certificateEnds: Date?
    }

    package enum Answer: Hashable, Sendable {
        case well(Greeting)
        case unreachable(String)
        case authRefused(String)
        case tlsRefused(String)
    }

    /// Waits, for some ten seconds at most; so it is called on a thread that may.
    package static func knock(at relay: Relay) -> Answer {
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
