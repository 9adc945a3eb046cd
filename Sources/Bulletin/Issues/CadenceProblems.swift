package import Basics
import Foundation

extension Cadence {
    /// A fault of one exception.
    package struct ExceptionProblem: Hashable, Sendable {
        /// Its index among the exceptions.
        package let exception: Int
        /// In one line, with the remedy.
        package let message: String
    }

    /// The faults in the exceptions, in their order.
    package func problems() -> [Problem] {
        exceptionProblems().map { Problem(field: "schedule.exceptions", message: $0.message) }
    }

    /// As ``problems()``, and which exception each is about: a date that is no slot's, a date that comes twice, a slot
    /// that is moved past its neighbours.
    package func exceptionProblems() -> [ExceptionProblem] {
        var seen: Set<LocalDate> = []
        return exceptions.enumerated().compactMap { index, exception in
            let repeated = !seen.insert(exception.date).inserted
            return fault(of: exception, repeated).map {
                ExceptionProblem(exception: index, message: "\(exception.date) \($0)")
            }
        }
    }

    private func fault(of exception: Exception, _ repeated: Bool) -> String? {
        if repeated { return "has an exception already: keep one of them" }
        let number = number(near: exception.date)
        guard let regular = regularTime(number) else { return "is beyond the last issue: remove it" }
        guard regular.date == exception.date else {
            return "is not the date of an issue: the nearest is \(regular.date) (issue \(number))"
        }
        guard case .move(let time) = exception.change else { return nil }
        let moved = time.instant(in: timezone)
        if let before = slot(IssueNumber(number.value - 1)), moved <= before.sends {
            return "is moved to \(time), not after issue \(before.number) (\(said(before))): choose a later time"
        }
        if let after = slot(IssueNumber(number.value + 1)), moved >= after.sends {
            return "is moved to \(time), not before issue \(after.number) (\(said(after))): choose an earlier time"
        }
        return nil
    }

    private func said(_ slot: Slot) -> String { LocalDateTime(slot.sends, in: timezone).description }
}
