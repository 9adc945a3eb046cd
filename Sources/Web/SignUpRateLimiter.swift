import Basics
import Foundation
import Synchronization

/// How many letters strangers may cause: from one address of the network, from its neighbourhood, and in all. Counted in
/// memory by the hour; what one person's mailbox may get is counted in their record (``Bulletin/AskingLimit``).
final class SignUpRateLimiter: Sendable {
    package struct Limits: Sendable {
        var window: TimeInterval = 3600
        /// From one IPv4 address, or one IPv6 network of 64 bits: a library has many readers behind one.
        var fromOne = 30
        /// From an IPv4 network of 24 bits, or an IPv6 one of 48.
        var fromNeighbourhood = 60
        var inAll = 600
    }

    private struct Passed {
        let at: Date
        let one: IPNetwork?
        let neighbourhood: IPNetwork?
    }

    private struct State {
        /// In the order of time, at most ``Limits/inAll`` of them.
        var passed: [Passed] = []
        var byNetwork: [IPNetwork: Int] = [:]

        mutating func count(_ networks: [IPNetwork?], _ step: Int) {
            for network in networks.compactMap({ $0 }) {
                let count = byNetwork[network, default: 0] + step
                byNetwork[network] = count > 0 ? count : nil
            }
        }
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Whether somebody from there may cause one more letter now; counted if so.
    func lets(_ visitor: IPAddress?, at now: Date) -> Bool {
        let isWide = visitor.map { $0.plainBytes.count == 16 } ?? false
        let one = visitor.map { IPNetwork(of: $0, bits: isWide ? 64 : 128) }
        let neighbourhood = visitor.map { IPNetwork(of: $0, bits: isWide ? 48 : $0.bytes.count == 16 ? 120 : 24) }
        return state.withLock { state in
            let start = now.addingTimeInterval(-limits.window)
            let old = state.passed.prefix { $0.at <= start || $0.at > now }
            for entry in old { state.count([entry.one, entry.neighbourhood], -1) }
            state.passed.removeFirst(old.count)
            guard state.passed.count < limits.inAll,
                one.map({ state.byNetwork[$0, default: 0] < limits.fromOne }) ?? true,
                neighbourhood.map({ state.byNetwork[$0, default: 0] < limits.fromNeighbourhood }) ?? true
            else { return false }
            state.passed.append(Passed(at: now, one: one, neighbourhood: neighbourhood))
            state.count([one, neighbourhood], 1)
            return true
        }
    }
}
