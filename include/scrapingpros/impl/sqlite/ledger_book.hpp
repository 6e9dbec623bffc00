#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_BOOK_HPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_BOOK_HPP

#include <scrapingpros/impl/sqlite/ledger_file.hpp>
#include <scrapingpros/sqlite_ledger_rows.hpp>

#include <boost/system/error_code.hpp>

#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// What the stores of one batch share.
class ledger_book {
public:
    ledger_book(std::shared_ptr<ledger_file> file, std::string name)
        : file_(std::move(file)), name_(std::move(name))
    {
    }

    static std::shared_ptr<ledger_book> of(
        const std::shared_ptr<ledger_file>& file, std::string name
    )
    {
        auto& place = file->books()[name];
        auto book = place.lock();
        if (!book) place = book = std::make_shared<ledger_book>(file, std::move(name));
        return book;
    }

    result<std::optional<checkpoint>> load() { return file_->load(name_, fresh_details()); }
    error_code save(const checkpoint& c) { return file_->save(name_, c, fresh_details()); }
    error_code append(const settled_job& step)
    {
        const auto recorded = recorded_.find(step.id);
        const auto* row = recorded == recorded_.end() ? nullptr : &recorded->second;
        const error_code ec = file_->append(name_, step, row, fresh_details());
        if (row && !ec) recorded_.erase(recorded);
        return ec;
    }
    void record(ledger_outcome row)
    {
        const job_id id = row.id;
        recorded_.insert_or_assign(id, std::move(row));
    }

    error_code out_of_memory()
    {
        return diag_.place.clear(), error_code(ENOMEM, boost::system::system_category());
    }
    const diagnostics& details() const noexcept { return diag_; }

private:
    diagnostics& fresh_details() { return diag_ = {}; }

    std::shared_ptr<ledger_file> file_;
    std::string name_;
    std::map<job_id, ledger_outcome> recorded_{};
    diagnostics diag_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
