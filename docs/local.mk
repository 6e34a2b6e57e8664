# docs
dist_doc_DATA += %D%/rules.md %D%/store.md
