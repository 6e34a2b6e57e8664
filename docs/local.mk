# docs
dist_doc_DATA += %D%/store.md
