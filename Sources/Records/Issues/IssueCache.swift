import Bulletin
internal import Journal
internal import Synchronization

/// What was read of issues that are over, so that years of them are read once by a process and not at every look. Only what
/// is sent or skipped is kept, which nobody changes any more; and only for as long as its file is the one that was read.
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

    /// As it was read from that file; nil where it was not, or the file is another by now.
    func issue(_ number: IssueNumber, _ file: FileStatus?) -> Issue? {
        state.withLock { state in state.issues[number].flatMap { $0.file == file ? $0.value : nil } }
    }

    func status(_ number: IssueNumber, _ file: FileStatus?) -> IssueStatus? {
        state.withLock { state in state.statuses[number].flatMap { $0.file == file ? $0.value : nil } }
    }

    /// Keeps it where its issue is known to be over.
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

    /// Before anything of it is written.
    func forget(_ number: IssueNumber) {
        state.withLock { state in (state.issues[number], state.statuses[number]) = (nil, nil) }
    }
}
