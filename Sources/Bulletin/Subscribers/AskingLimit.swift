package import Foundation

/// How often letters may be asked for at one address by anybody who types it into a form.
package enum AskingLimit {
    /// Between two letters.
    package static let interval: TimeInterval = 3600
    /// Letters within ``period``.
    package static let most = 3
    package static let period: TimeInterval = 30 * 86_400
    /// How long a link to confirm or to choose works; an unconfirmed sign-up is forgotten then.
    package static let linkLife: TimeInterval = 7 * 86_400
}
