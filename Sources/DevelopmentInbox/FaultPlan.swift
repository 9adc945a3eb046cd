import Synchronization

/// The rules of one inbox with the counts and the dice that decide them. Shared by all its connections.
final class FaultPlan: Sendable {
    private struct State {
        var fits: [Int]
        var dice: SplitMix64
    }

    private let rules: [FaultRule]
    /// Stages that have a rule at all, so that the others cost no lock.
    private let stages: Set<FaultStage>
    private let state: Mutex<State>

    init(rules: [FaultRule], seed: UInt64) {
        self.rules = rules
        stages = Set(rules.map(\.stage))
        state = Mutex(State(fits: Array(repeating: 0, count: rules.count), dice: SplitMix64(state: seed)))
    }

    /// The fault at this event, if one is scripted. Every rule that fits counts the event, whichever decides.
    func action(at stage: FaultStage, connection: Int, recipients: [String]) -> FaultAction? {
        guard stages.contains(stage) else { return nil }
        return state.withLock { state in
            var decided: FaultAction?
            for (index, rule) in rules.enumerated() where rule.stage == stage && rule.connections.holds(connection) {
                if let pattern = rule.recipient {
                    guard recipients.contains(where: { AddressPattern.matches(pattern, address: $0) }) else { continue }
                }
                state.fits[index] += 1
                guard decided == nil, rule.ordinal.holds(state.fits[index]) else { continue }
                if rule.probability >= 1 || Double.random(in: 0..<1, using: &state.dice) < rule.probability {
                    decided = rule.action
                }
            }
            return decided
        }
    }
}

enum AddressPattern {
    /// Whether an address fits a pattern in which `*` stands for any characters, letter case aside.
    static func matches(_ pattern: String, address: String) -> Bool {
        let subject =
            pattern.contains("@")
            ? address[...] : address[..<(address.lastIndex(of: "@") ?? address.endIndex)]
        return fits(Array(pattern.lowercased().utf8), Array(subject.lowercased().utf8))
    }

    private static func fits(_ pattern: [UInt8], _ subject: [UInt8]) -> Bool {
        let star = UInt8(ascii: "*")
        var (place, at) = (0, 0)
        // Where to go back to when what follows the last star does not fit: linear in memory, no recursion.
        var retry: (place: Int, at: Int)?
        while at < subject.count {
            if place < pattern.count, pattern[place] == star {
                retry = (place + 1, at)
                place += 1
            } else if place < pattern.count, pattern[place] == subject[at] {
                place += 1
                at += 1
            } else if let last = retry {
                retry = (last.place, last.at + 1)
                place = last.place
                at = last.at + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == star }
    }
}

/// A small generator with a seed (Steele, Lea and Flood, 2014), so that a run can be repeated.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
