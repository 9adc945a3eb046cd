import Bulletin
internal import Journal
internal import Synchronization

/// Finished issues that were read before, so that a process reads years of them once and not at every look. Only sent
/// or skipped issues are kept, which no longer change, and only while the file is the one that was read.
final class IssueCache: Sendable {
    private struct Kept<Value: Sendable>: Sendable {
        let file: FileStatus
        let value: Value
    }

    private struct State: Sendable {
        var issues: [IssueNumber: Kept<Issue>] = [:]
        var statuses: [IssueNumber: Kept<IssueStatus>] = [:]
    }

    private let state = Mutex(State())

    /// The cached issue; nil if it was not read, or the file has changed.
    func issue(_ number: IssueNumber, _ file: FileStatus?) -> Issue? {
        state.withLock { state in state.issues[number].flatMap { $0.file == file ? $0.value : nil } }
    }

    func status(_ number: IssueNumber, _ file: FileStatus?) -> IssueStatus? {
        state.withLock { state in state.statuses[number].flatMap { $0.file == file ? $0.value : nil } }
    }

    /// Keeps it if the issue is known to be finished.
    func keep(_ issue: Issue, _ file: FileStatus?) {
        guard let file else { return }
        state.withLock { state in
            guard state.statuses[issue.number] != nil else { return }
            state.issues[issue.number] = Kept(file: file, value: issue)
        }
    }

    func keep(_ status: IssueStatus, of number: IssueNumber, _ file: FileStatus?) {
        guard let file, [.sent, .skipped].contains(status.state) else { return forget(number) }
        state.withLock { $0.statuses[number] = Kept(file: file, value: status) }
    }

    /// Called before any file of the issue is written.
    func forget(_ number: IssueNumber) {
        state.withLock { state in (state.issues[number], state.statuses[number]) = (nil, nil) }
    }
}
