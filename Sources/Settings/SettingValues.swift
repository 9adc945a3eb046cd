import Basics
import Bulletin
import Foundation

/// Where a relay listens, as `smtp.url` says it.
package struct RelayURL: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// `smtps:`
    package var implicitTLS: Bool
}

/// An address of this machine to listen on: `127.0.0.1:8080`, `[::1]:8080`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// Without brackets.
    package var host: String
    package var port: Int

    package init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

// The initial values of fields until the table has filled them; no configuration that was loaded holds one.

extension EmailAddress {
    static let blank: EmailAddress = {
        do { return try EmailAddress("nobody@example.invalid") } catch { preconditionFailure("\(error)") }
    }()
}

extension NamedAddress { static let blank = NamedAddress(address: .blank) }
extension RelayURL { static let blank = RelayURL(host: "", port: 0, implicitTLS: false) }
extension ListenAddress { static let blank = ListenAddress(host: "", port: 0) }
extension LocalDateTime { static let blank = LocalDateTime(LocalDate(daysSinceEpoch: 0), .midnight) }

extension LocalTime {
    static let midnight: LocalTime = {
        guard let midnight = LocalTime(hour: 0, minute: 0) else { preconditionFailure("00:00 is a time") }
        return midnight
    }()
}
